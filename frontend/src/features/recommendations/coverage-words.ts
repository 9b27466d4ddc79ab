import type { StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

import type { components } from "@/generated/api";

export type LedgerLine = components["schemas"]["LedgerLineOut"];
export type CheckCoverage = components["schemas"]["CheckCoverage"];
export type Verdict = LedgerLine["verdict"];

export const VERDICTS = ["flagged", "fine", "not_enough_data", "no_permission", "excepted"] as const;

export const VERDICT_WORDS: Readonly<
  Record<Verdict, { text: string; type: StatusIndicatorProps.Type; means: string }>
> = {
  flagged: { text: "Flagged", type: "warning", means: "There is a recommendation for it" },
  fine: { text: "Fine", type: "success", means: "Looked at, and in order" },
  not_enough_data: {
    text: "Not enough data",
    type: "pending",
    means: "The bill or the metrics lack what it takes",
  },
  no_permission: { text: "No permission", type: "error", means: "The account's role does not let it look" },
  excepted: { text: "Accepted", type: "stopped", means: "Found, and accepted by somebody" },
};

export function totalOf(checks: readonly CheckCoverage[], verdict: Verdict): number {
  return checks.reduce((sum, check) => sum + check[verdict], 0);
}
