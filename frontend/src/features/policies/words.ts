import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export const POLICY_STATUSES = ["enabled", "draft", "disabled"] as const;
export const TYPES = ["security", "compliance", "cost_optimization", "rightsizing"] as const;
export const EFFECTS = ["recommend", "audit"] as const;
export const PROVIDERS = ["aws", "azure", "gcp", "ibm", "oci", "other"] as const;

type Status = StatusIndicatorProps.Type;

export const OF_POLICIES: Readonly<Record<string, Status>> = {
  enabled: "success",
  draft: "pending",
  disabled: "stopped",
};

export const OF_VIOLATIONS: Readonly<Record<string, Status>> = {
  open: "warning",
  suppressed: "stopped",
  fixed: "success",
};

export const OF_EXCEPTIONS: Readonly<Record<string, Status>> = {
  pending: "pending",
  approved: "success",
  rejected: "error",
  expired: "stopped",
};
