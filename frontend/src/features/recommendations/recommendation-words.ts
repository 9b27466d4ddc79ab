import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { components } from "@/generated/api";
import { money } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";

export type Recommendation = components["schemas"]["RecommendationOut"];
export type RecommendationDetail = components["schemas"]["RecommendationDetailOut"];

export const STATUSES = [
  "open",
  "pending_approval",
  "approved",
  "in_progress",
  "done",
  "rejected",
  "dismissed",
  "expired",
] as const;

const STATUS_TYPES: Readonly<Record<string, StatusIndicatorProps.Type>> = {
  open: "info",
  pending_approval: "pending",
  approved: "in-progress",
  in_progress: "in-progress",
  done: "success",
  rejected: "stopped",
  dismissed: "stopped",
  expired: "stopped",
};

export function statusOf({ status }: Recommendation): { type: StatusIndicatorProps.Type; text: string } {
  return { type: STATUS_TYPES[status] ?? "info", text: sentenceCase(status) };
}

/** E.g. "$210.38 a month"; a check that cannot tell says so, and never guesses. */
export function savingOf({ monthly_savings: saved, currency }: Recommendation): string {
  return saved === null || currency === null ? "Not known" : money(saved, currency);
}

/** The resource, else the service, else the account that it is about. */
export function subjectOf(one: Recommendation): string {
  return one.resource_id ?? one.service_name ?? one.account_id ?? "";
}

/** The API numbers its steps, one on a line. */
export function stepsOf({ action_steps: text }: Recommendation): string[] {
  return text
    .split("\n")
    .map((line) => line.replace(/^\d+\.\s*/, "").trim())
    .filter(Boolean);
}

/** Whether both are about the same part of the same thing, so that only the better one can be had. */
export function conflicts(one: Recommendation, other: Recommendation): boolean {
  return one.id !== other.id && one.overlap_group === other.overlap_group;
}
