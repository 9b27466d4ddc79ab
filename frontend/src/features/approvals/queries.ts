import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";

export const LIST = "/api/v1/approvals";

export function approvalOf(api: Api, id: string) {
  return queryOptions({
    queryKey: ["approval", id],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/approvals/{request_id}", { params: { path: { request_id: id } }, signal })),
  });
}

/** What waits for a word, the newest first. */
export function waitingOf(api: Api) {
  return queryOptions({
    queryKey: [LIST, "waiting"],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/approvals", { params: { query: { status: "pending", limit: 100 } }, signal })),
    refetchInterval: 30_000,
  });
}
