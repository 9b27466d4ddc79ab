import Badge from "@cloudscape-design/components/badge";

import { sentenceCase } from "@/lib/format/words";

export type Severity = "critical" | "high" | "medium" | "low";

/** The word is always there; the colour only helps to find it. */
export function SeverityBadge({ severity }: { severity: string }) {
  return <Badge color={`severity-${severity as Severity}`}>{sentenceCase(severity)}</Badge>;
}
