import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { type Api, bodyOf, useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";

const WHILE_PENDING = 5_000;

function standingOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/attribution"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/attribution", { signal })),
    refetchInterval: ({ state }) => (state.data?.pending ? WHILE_PENDING : false),
  });
}

/** Whether the charges follow the rules that stand here already. */
export function Standing() {
  const { data } = useQuery(standingOf(useApi()));
  if (!data) return <>&nbsp;</>;
  if (data.pending)
    return (
      <StatusIndicator type="in-progress">Charges are being attributed by the last change</StatusIndicator>
    );
  return <>{data.attributed_at ? `Charges attributed at ${timeOf(data.attributed_at)}` : "No charges yet"}</>;
}
