import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { type Api, bodyOf, useApi } from "@/lib/api/client";
import { dateOf, timeOf } from "@/lib/format/dates";

const STALE_AFTER_DAYS = 3;
const DAY = 86_400_000;

export function freshnessOf(api: Api) {
  return queryOptions({
    queryKey: ["freshness"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/dashboard/freshness", { signal })),
    staleTime: 60_000,
  });
}

/** "Data through ...", with a warning where the bills stopped coming. */
export function DataThrough({ of = "costs" }: { of?: "costs" | "metrics" | "inventory" }) {
  const api = useApi();
  const { data } = useQuery(freshnessOf(api));
  if (!data) return <>&nbsp;</>;
  if (of === "metrics")
    return <>{data.metrics_through ? `Metrics through ${timeOf(data.metrics_through)}` : "No metrics yet"}</>;
  if (of === "inventory")
    return (
      <>
        {data.inventory_scanned_at ? `Resources as of ${timeOf(data.inventory_scanned_at)}` : "No scan yet"}
      </>
    );
  if (!data.costs_through) return <>No bills yet</>;
  const text = `Data through ${dateOf(data.costs_through)}`;
  if (!isStale(data.costs_through, new Date())) return <>{text}</>;
  return <StatusIndicator type="warning">{text}: no newer bill has come</StatusIndicator>;
}

export function isStale(through: string, now: Date): boolean {
  return now.getTime() - new Date(through).getTime() > STALE_AFTER_DAYS * DAY;
}
