import type { components } from "@/generated/api";
import { money, quantity } from "@/lib/format/money";
import { span } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";

export type Alert = components["schemas"]["AlertOut"];
export type AlertDetail = components["schemas"]["AlertDetailOut"];

const UNITS: Readonly<Record<string, string>> = { p95_latency_ms: "ms" };
const METRICS: Readonly<Record<string, string>> = {
  p95_latency_ms: "p95 latency",
  "5xx_count": "5xx errors",
};

/** An amount of money, or a metric's value with its unit. */
export function valueOf(alert: Alert, amount: string | number | null): string {
  if (amount === null) return "–";
  if (alert.currency) return money(amount, alert.currency);
  return quantity(amount, UNITS[alert.metric_name ?? ""]);
}

/** What it is about, e.g. "AmazonEC2" or "p95 latency". */
export function subjectOf(alert: Alert): string {
  return alert.service_name ?? METRICS[alert.metric_name ?? ""] ?? alert.metric_name ?? "";
}

export function whereOf(alert: Alert): string {
  return alert.account_id ?? alert.resource_id ?? "";
}

export function windowOf(alert: Alert): string {
  return span(alert.window_start, alert.window_end);
}

const STATUS_TYPES = { open: "warning", acknowledged: "in-progress", resolved: "success" } as const;

export function statusOf(alert: Alert): {
  type: (typeof STATUS_TYPES)[keyof typeof STATUS_TYPES];
  text: string;
} {
  return { type: STATUS_TYPES[alert.status as keyof typeof STATUS_TYPES], text: sentenceCase(alert.status) };
}
