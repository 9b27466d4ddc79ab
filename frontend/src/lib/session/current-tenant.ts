import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";

export function tenantOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/tenants/current"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/tenants/current", { signal })),
    staleTime: Infinity,
  });
}
