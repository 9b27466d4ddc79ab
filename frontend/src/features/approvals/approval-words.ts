import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { components } from "@/generated/api";
import { money } from "@/lib/format/money";
import type { Profile } from "@/lib/session/member";

export type Approval = components["schemas"]["ApprovalOut"];
export type Listed = components["schemas"]["ApprovalListedOut"];
export type ApprovalDetail = components["schemas"]["ApprovalDetailOut"];

export const STATUSES = ["pending", "approved", "rejected", "expired", "void"] as const;

export const STATUS_WORDS: Readonly<
  Record<Approval["status"], { type: StatusIndicatorProps.Type; text: string }>
> = {
  pending: { type: "pending", text: "Waits" },
  approved: { type: "success", text: "Approved" },
  rejected: { type: "error", text: "Rejected" },
  expired: { type: "stopped", text: "Expired" },
  void: { type: "stopped", text: "Void: the plan is another one" },
};

export const APPROVERS: Readonly<Record<Approval["approver_role"], string>> = {
  system: "The system",
  approver: "An approver",
  admin: "An admin",
  cfo: "A finance approver",
};

export function savingOf({ action }: Listed): string | null {
  const { monthly_savings: saved, currency } = action;
  return saved === null || currency === null ? null : money(saved, currency);
}

/** Why this person may not decide, as the API would say it; null where he may. */
export function refusalFor(approval: ApprovalDetail, profile: Profile): string | null {
  const { approver_role: role, requested_by: asker, status, decisions } = approval;
  if (status !== "pending") return "It is decided.";
  if (asker === profile.id) return "You asked for it: somebody else has to agree.";
  if (decisions.some(({ user_id: decider }) => decider === profile.id))
    return "You have decided already; another person has to agree.";
  if (role === "cfo") return profile.finance_approver ? null : "This takes a finance approver.";
  if (role === "approver" && (profile.role === "approver" || profile.role === "admin")) return null;
  if (profile.role === "admin") return null;
  return role === "approver" ? "This takes an approver." : "This takes an admin.";
}
