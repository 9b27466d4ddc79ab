import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";

import { scansOf } from "./queries";

/** When policies were evaluated last. */
export function Evaluated() {
  const { data } = useQuery(scansOf(useApi()));
  if (!data) return <>&nbsp;</>;
  const [newest] = data.items;
  if (newest?.finished_at === null)
    return <StatusIndicator type="in-progress">Policies are being evaluated</StatusIndicator>;
  const last = data.items.find(({ finished_at }) => finished_at !== null)?.finished_at;
  return <>{last ? `Policies evaluated at ${timeOf(last)}` : "Policies were never evaluated"}</>;
}
