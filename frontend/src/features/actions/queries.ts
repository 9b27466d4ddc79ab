import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";

import { hasEnded } from "./action-words";

export const LIST = "/api/v1/actions";
const WHILE_RUNNING = 1_500;
/** Somebody else's word comes without notice. */
const WHILE_WAITING = 5_000;

export function actionOf(api: Api, id: string) {
  return queryOptions({
    queryKey: ["action", id],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/actions/{action_id}", { params: { path: { action_id: id } }, signal })),
    refetchInterval: ({ state: { data } }) => {
      if (!data || hasEnded(data)) return false;
      return data.status === "preflight" && data.digest ? WHILE_WAITING : WHILE_RUNNING;
    },
  });
}

export function approvalsOf(api: Api, action: string) {
  return queryOptions({
    queryKey: ["/api/v1/approvals", "action", action],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/approvals", { params: { query: { action, limit: 20 } }, signal })),
  });
}

export function artifactOf(api: Api, id: string, artifact: string) {
  return queryOptions({
    queryKey: ["action", id, "evidence", artifact],
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET("/api/v1/actions/{action_id}/evidence/{artifact}", {
          params: { path: { action_id: id, artifact } },
          signal,
        }),
      ),
    staleTime: 0,
  });
}

export function configurationOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/automation/configuration"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/automation/configuration", { signal })),
  });
}

export function runsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/automation/runs", "latest"],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/automation/runs", { params: { query: { limit: 24 } }, signal })),
  });
}

export function trackRecordsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/automation/types"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/automation/types", { signal })),
  });
}
