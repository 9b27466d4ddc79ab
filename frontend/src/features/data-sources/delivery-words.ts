import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { components } from "@/generated/api";
import { monthOf } from "@/lib/format/dates";
import { money } from "@/lib/format/money";

export type Delivery = components["schemas"]["DeliveryOut"];
export type Source = components["schemas"]["DataSourceOut"];

const KINDS: Readonly<Record<string, string>> = {
  cur2: "CUR 2.0",
  cur1: "CUR 1.0",
  focus: "FOCUS",
  cost_explorer: "Cost Explorer",
  unknown: "Unknown",
};

export const KIND_CHOICES = (["cur2", "cur1", "focus", "cost_explorer"] as const).map((value) => ({
  value,
  label: kindOf(value),
}));

export function kindOf(kind: string): string {
  return KINDS[kind] ?? kind;
}

interface Shown {
  type: StatusIndicatorProps.Type;
  text: string;
}

const STATUSES: Readonly<Record<string, Shown>> = {
  loading: { type: "in-progress", text: "Loading" },
  current: { type: "success", text: "Current" },
  shadow: { type: "info", text: "Kept for reconciliation" },
  superseded: { type: "stopped", text: "Superseded" },
  quarantined: { type: "error", text: "Quarantined" },
};

export function statusOf(status: string): Shown {
  return STATUSES[status] ?? { type: "info", text: status };
}

export const STATUS_CHOICES = Object.entries(STATUSES).map(([value, { text }]) => ({ value, label: text }));

/** E.g. "Nov 2026, CUR 2.0". */
export function titleOf({ period, source }: Pick<Delivery, "period" | "source">): string {
  return `${period ? monthOf(period) : "No period"}, ${kindOf(source)}`;
}

/** A delivery's totals; those of different currencies stand beside each other. */
export function totalsOf({ totals }: Delivery): string {
  const amounts = Object.entries(totals).map(([currency, amount]) => money(amount, currency));
  return amounts.length > 0 ? amounts.join(" + ") : "–";
}

/** How a source is doing, from its last run. */
export function healthOf({ enabled, last_run_at, last_error, missing_actions }: Source): Shown {
  if (last_error !== null || missing_actions.length > 0) return { type: "error", text: "Failed" };
  if (!enabled) return { type: "stopped", text: "Switched off" };
  return last_run_at === null ? { type: "pending", text: "Never read" } : { type: "success", text: "Read" };
}
