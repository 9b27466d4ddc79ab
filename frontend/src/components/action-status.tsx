import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { components } from "@/generated/api";
import { sentenceCase } from "@/lib/format/words";

export type ActionState = components["schemas"]["ActionOut"]["status"];

const TYPES: Readonly<Record<ActionState, StatusIndicatorProps.Type>> = {
  queued: "pending",
  preflight: "pending",
  in_progress: "in-progress",
  verifying: "in-progress",
  completed: "success",
  failed: "error",
  rolled_back: "warning",
};

export function ActionStatus({ status }: { status: ActionState }) {
  return <StatusIndicator type={TYPES[status]}>{sentenceCase(status)}</StatusIndicator>;
}
