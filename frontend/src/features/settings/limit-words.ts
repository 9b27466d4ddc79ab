import type { components } from "@/generated/api";

export type Limit = components["schemas"]["LimitOut"];
export type Severity = components["schemas"]["NewCostLimit"]["severity"];

export const LIMITS = ["/api/v1/limits"] as const;

export const METRICS: ReadonlyMap<string, string> = new Map([
  ["5xx_count", "5xx errors"],
  ["p95_latency_ms", "p95 latency in ms"],
]);

export const SEVERITIES = [
  { value: "low", label: "Low" },
  { value: "medium", label: "Medium" },
  { value: "high", label: "High" },
  { value: "critical", label: "Critical" },
] as const;
