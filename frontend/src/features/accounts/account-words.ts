import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { components } from "@/generated/api";

export type Account = components["schemas"]["CloudAccountOut"];

interface Shown {
  type: StatusIndicatorProps.Type;
  text: string;
}

const STATUSES: Record<NonNullable<Account["status"]>, Shown> = {
  pending: { type: "pending", text: "Waits to be verified" },
  connected: { type: "success", text: "Connected" },
  insecure: { type: "error", text: "Open to strangers" },
  unreachable: { type: "error", text: "Cannot be reached" },
};

export function statusOf(status: Account["status"]): Shown {
  return status === null ? { type: "stopped", text: "Known from bills only" } : STATUSES[status];
}

export function actingStatusOf({ action_role_arn, action_role_status }: Account): Shown {
  return action_role_arn === null ? { type: "stopped", text: "Only read" } : statusOf(action_role_status);
}

export function nameOf({ name, account_id }: Account): string {
  return name ?? account_id;
}

const PARTITIONS: readonly [string, string][] = [
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
];

/** The role that onboarding/read-role.yaml makes, in the partition of the account's regions. */
export function usualRole(accountId: string, regions: readonly string[], name: string): string {
  const partition =
    PARTITIONS.find(([start]) => regions.some((region) => region.startsWith(start)))?.[1] ?? "aws";
  return `arn:${partition}:iam::${accountId}:role/${name}`;
}

export const READER = "cloudops-guardrails-read";
export const ACTOR = "cloudops-guardrails-act";

export const NUMBER = /^[0-9]{12}$/;

/** E.g. "us-east-1, eu-west-1" as people type it. */
export function regionsIn(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))].sort();
}
