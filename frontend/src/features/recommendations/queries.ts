import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";

export const LIST = "/api/v1/recommendations";

export function recommendationOf(api: Api, id: string) {
  return queryOptions({
    queryKey: ["recommendation", id],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET("/api/v1/recommendations/{recommendation_id}", {
          params: { path: { recommendation_id: id } },
          signal,
        }),
      ),
  });
}

/** What else was found about the same resource. */
export function aboutResource(api: Api, resource: string) {
  return queryOptions({
    queryKey: [LIST, "resource", resource],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/recommendations", { params: { query: { resource, limit: 50 } }, signal })),
  });
}

/** Changes that were asked for to carry it out. */
export function actionsFor(api: Api, recommendation: string) {
  return queryOptions({
    queryKey: ["/api/v1/actions", "recommendation", recommendation],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/actions", { params: { query: { recommendation, limit: 20 } }, signal })),
  });
}

export function considerationsOf(api: Api, recommendation: string) {
  return queryOptions({
    queryKey: ["/api/v1/automation/considerations", recommendation],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET("/api/v1/automation/considerations", {
          params: { query: { recommendation, limit: 1 } },
          signal,
        }),
      ),
  });
}

export function identifiedOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/recommendations/savings"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/recommendations/savings", { signal })),
  });
}

export function coverageOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/recommendations/coverage"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/recommendations/coverage", { signal })),
  });
}
