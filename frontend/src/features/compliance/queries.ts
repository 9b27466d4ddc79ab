import { queryOptions } from "@tanstack/react-query";

import type { components } from "@/generated/api";
import { type Api, bodyOf } from "@/lib/api/client";
import { versioned } from "@/lib/api/versioned";

type Schemas = components["schemas"];

export type Scan = Schemas["ComplianceScanOut"];
export type Score = Schemas["ComplianceScoreOut"];
export type Untagged = Schemas["UntaggedResourceOut"];
export type Proposal = Schemas["TagProposalOut"];
export type RequiredTags = Schemas["RequiredTagsModel"];
export type RequiredTag = Schemas["RequiredTagModel"];
export type Exemption = Schemas["ExemptionModel"];

export const GROUPINGS = ["team", "account", "type"] as const;
export type Grouping = (typeof GROUPINGS)[number];

const WHILE_SCANNING = 3_000;
const TREND = { limit: 90 } as const;

/** The newest scans, asked again and again while one is under way. */
export function scansOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/compliance/scans", TREND],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/compliance/scans", { params: { query: TREND }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ status }) => status === "in_progress") ? WHILE_SCANNING : false,
  });
}

export function scoresOf(api: Api, group_by: Grouping, scan: string) {
  const query = { group_by, scan };
  return queryOptions({
    queryKey: ["/api/v1/compliance/scores", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/compliance/scores", { params: { query }, signal })),
  });
}

export function requiredTagsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/compliance/required-tags"],
    queryFn: ({ signal }) => versioned(api.GET("/api/v1/compliance/required-tags", { signal })),
  });
}

export function teamsOf(api: Api) {
  const query = { limit: 1000 };
  return queryOptions({
    queryKey: ["/api/v1/teams", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/teams", { params: { query }, signal })),
  });
}
