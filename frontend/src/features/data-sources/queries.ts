import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";
import { versioned } from "@/lib/api/versioned";

export const SOURCES = ["/api/v1/data-sources"] as const;
export const DELIVERIES = ["/api/v1/deliveries"] as const;

export function sourceOf(api: Api, id: string) {
  return queryOptions({
    queryKey: [...SOURCES, id],
    queryFn: ({ signal }) =>
      versioned(api.GET("/api/v1/data-sources/{source_id}", { params: { path: { source_id: id } }, signal })),
  });
}

export function deliveryOf(api: Api, id: string) {
  return queryOptions({
    queryKey: [...DELIVERIES, id],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/deliveries/{delivery_id}", { params: { path: { delivery_id: id } }, signal })),
  });
}

export function accountsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/cloud-accounts", "names of all"],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/cloud-accounts", { params: { query: { limit: 1000 } }, signal })),
  });
}

export function spendingOf(api: Api) {
  return queryOptions({
    queryKey: [...DELIVERIES, "cost-explorer"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/deliveries/cost-explorer", { signal })),
  });
}
