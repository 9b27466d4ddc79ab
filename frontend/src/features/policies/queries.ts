import { queryOptions } from "@tanstack/react-query";

import type { components } from "@/generated/api";
import { type Api, bodyOf } from "@/lib/api/client";
import { versioned } from "@/lib/api/versioned";

type Schemas = components["schemas"];

export type Policy = Schemas["PolicyOut"];
export type Violation = Schemas["ViolationOut"];
export type Exemption = Schemas["ExceptionOut"];
export type Scan = Schemas["ScanOut"];
export type Tried = Schemas["PolicyPreviewOut"];
export type Trial = Pick<Policy, "provider" | "scope" | "resource_types" | "expression">;

/** The latest run says how fresh violations are. */
const NEWEST = { limit: 20 } as const;
const WHILE_SCANNING = 3_000;

export function policyOf(api: Api, id: string) {
  return queryOptions({
    queryKey: ["/api/v1/policies", id],
    queryFn: ({ signal }) =>
      versioned(api.GET("/api/v1/policies/{policy_id}", { params: { path: { policy_id: id } }, signal })),
  });
}

export function trialOf(api: Api, { provider, scope, resource_types, expression }: Trial) {
  const body = { provider, scope, resource_types, expression } as Schemas["PolicyDraft"];
  return queryOptions({
    queryKey: ["/api/v1/policies/test", body],
    queryFn: ({ signal }) => bodyOf(api.POST("/api/v1/policies/test", { body, signal })),
  });
}

export function scansOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/policies/scans", NEWEST],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/policies/scans", { params: { query: NEWEST }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ finished_at }) => finished_at === null) ? WHILE_SCANNING : false,
  });
}

export function countsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/violations/summary"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/violations/summary", { signal })),
  });
}
