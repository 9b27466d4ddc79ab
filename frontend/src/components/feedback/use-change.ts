import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

import { useNotifications } from "./notifications";

interface Change<Variables, Answer> {
  change: (variables: Variables) => Promise<Answer>;
  /** What is asked anew; a key's beginning is enough. */
  affects: readonly QueryKey[];
  success: string;
  /** E.g. "The rule was not saved"; left out where the form itself shows the problem. */
  failure?: string;
  onSuccess?: (answer: Answer) => void;
}

/** A change whose outcome only the server knows, so that nothing is shown before it answers. */
export function useChange<Variables, Answer>(options: Change<Variables, Answer>) {
  const queries = useQueryClient();
  const { tell, tellProblem } = useNotifications();
  return useMutation({
    mutationFn: options.change,
    onSuccess: (answer) => {
      tell({ type: "success", header: options.success });
      options.onSuccess?.(answer);
    },
    onError: (error) => {
      if (options.failure) tellProblem(options.failure, error);
    },
    onSettled: () => Promise.all(options.affects.map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}
