import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";
import type { Period } from "@/lib/costs/periods";

export function costsOf(api: Api, parameters: Record<string, string>) {
  return queryOptions({
    queryKey: ["/api/v1/costs", parameters],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/costs", { params: { query: parameters }, signal })),
    staleTime: 60_000,
  });
}

/** The cost alerts of a service or an account, the newest first; those of the period are picked from them. */
export function alertsOf(api: Api, filters: { service?: string; account?: string }) {
  const query = { alert_type: "cost", limit: 500, ...filters } as const;
  return queryOptions({
    queryKey: ["/api/v1/alerts", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/alerts", { params: { query }, signal })),
  });
}

/** By the number of the account, those that have a name. */
export function accountNamesOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/cloud-accounts", "names"],
    queryFn: async ({ signal }) => {
      const { items } = await bodyOf(
        api.GET("/api/v1/cloud-accounts", { params: { query: { limit: 1000 } }, signal }),
      );
      return new Map(items.flatMap(({ account_id, name }) => (name ? [[account_id, name] as const] : [])));
    },
    staleTime: 300_000,
  });
}

export function inPeriod<T extends { window_start: string; window_end: string }>(
  alerts: readonly T[],
  { start, end }: Period,
): T[] {
  return alerts.filter(({ window_start, window_end }) => window_end >= start && window_start < end);
}
