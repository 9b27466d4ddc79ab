import Button from "@cloudscape-design/components/button";
import { useMutation } from "@tanstack/react-query";

import { useNotifications } from "@/components/feedback/notifications";
import { useApi } from "@/lib/api/client";
import type { ListPath } from "@/lib/api/lists";
import { isoDay } from "@/lib/format/dates";

import { download, exportCsv } from "./export-csv";
import type { List } from "./use-list";

/** The rows that the filters let through, of all pages. */
export function ExportButton<P extends ListPath>({
  list,
}: {
  list: Pick<List<P>, "name" | "path" | "parameters">;
}) {
  const api = useApi();
  const { tellProblem } = useNotifications();
  const { mutate, isPending } = useMutation({
    mutationFn: () => exportCsv(api, list.path, list.parameters),
    onSuccess: (file) => download(file, `${list.name}-${isoDay(new Date())}.csv`),
    onError: (error) => tellProblem("The list was not exported", error),
  });
  return (
    <Button iconName="download" loading={isPending} onClick={() => mutate()}>
      Export CSV
    </Button>
  );
}
