import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";
import { versioned } from "@/lib/api/versioned";

export const LIST = ["/api/v1/cloud-accounts"] as const;

export function accountOf(api: Api, id: string) {
  return queryOptions({
    queryKey: [...LIST, id],
    queryFn: ({ signal }) =>
      versioned(
        api.GET("/api/v1/cloud-accounts/{account_id}", { params: { path: { account_id: id } }, signal }),
      ),
  });
}

export function permissionsOf(api: Api, id: string) {
  return queryOptions({
    queryKey: [...LIST, id, "permissions"],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET("/api/v1/cloud-accounts/{account_id}/permissions", {
          params: { path: { account_id: id } },
          signal,
        }),
      ),
  });
}

export function teamsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/teams", "names"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/teams", { params: { query: { limit: 1000 } }, signal })),
  });
}

export function projectsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/projects", "names"],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/projects", { params: { query: { limit: 1000 } }, signal })),
  });
}
