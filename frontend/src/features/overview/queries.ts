import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";

import type { Period } from "@/lib/costs/periods";

export const DIMENSIONS = ["service", "team", "account"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export function metricsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/dashboard/metrics"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/dashboard/metrics", { signal })),
  });
}

export function costsOf(
  api: Api,
  period: Period,
  by: Dimension | "charge_category",
  granularity: "daily" | "monthly",
) {
  const query = { ...period, group_by: by, granularity };
  return queryOptions({
    queryKey: ["/api/v1/costs", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/costs", { params: { query }, signal })),
  });
}

export function openAlertsOf(api: Api) {
  const query = { status: "open", limit: 100 } as const;
  return queryOptions({
    queryKey: ["/api/v1/alerts", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/alerts", { params: { query }, signal })),
  });
}
