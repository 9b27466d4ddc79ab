import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";

/** Spend, savings and waste, now and 30 days ago, in the tenant's reporting currency. */
export function summaryOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/dashboard/summary"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/dashboard/summary", { signal })),
  });
}
