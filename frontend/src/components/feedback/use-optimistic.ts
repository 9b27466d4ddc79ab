import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";

import { useNotifications } from "./notifications";

interface Optimistic<Variables, Answer, Shown> {
  /** The query that shows the thing. */
  queryKey: QueryKey;
  /** Queries that show it too, and are asked anew; a key's beginning is enough. */
  alsoAffects?: readonly QueryKey[];
  change: (variables: Variables) => Promise<Answer>;
  /** How the thing will look if all goes well. */
  expect: (now: Shown, variables: Variables) => Shown;
  /** E.g. "The alert was not acknowledged". */
  failure: string;
  success?: string;
}

/** Shows a change at once, and takes it back visibly where the API refuses it. */
export function useOptimistic<Variables, Answer, Shown>(options: Optimistic<Variables, Answer, Shown>) {
  const queries = useQueryClient();
  const { tell, tellProblem } = useNotifications();
  return useMutation({
    mutationFn: options.change,
    onMutate: async (variables) => {
      await queries.cancelQueries({ queryKey: options.queryKey });
      const before = queries.getQueryData<Shown>(options.queryKey);
      if (before !== undefined) queries.setQueryData(options.queryKey, options.expect(before, variables));
      return { before };
    },
    onError: (error, _, context) => {
      if (context?.before !== undefined) queries.setQueryData(options.queryKey, context.before);
      tellProblem(options.failure, error);
    },
    onSuccess: () => {
      if (options.success) tell({ type: "success", header: options.success });
    },
    onSettled: () =>
      Promise.all(
        [options.queryKey, ...(options.alsoAffects ?? [])].map((queryKey) =>
          queries.invalidateQueries({ queryKey }),
        ),
      ),
  });
}
