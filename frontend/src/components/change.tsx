import Box from "@cloudscape-design/components/box";
import type { ReactNode } from "react";

import { type Amount, percent, signedMoney } from "@/lib/format/money";

interface ChangeProps {
  now: Amount;
  before: Amount | null;
  currency: string;
  /** E.g. "the 30 days before". */
  period: string;
  /** Whether less is better, as with cost, or more, as with savings; null where that is not said. */
  good?: "less" | "more" | null;
}

/** A total against the equal period before it: arrow, sign and words, never colour alone. */
export function Change({ now, before, currency, period, good = "less" }: ChangeProps) {
  if (before === null) return <Quiet>Nothing to compare with</Quiet>;
  const difference = Number(now) - Number(before);
  const share = Number(before) === 0 ? null : difference / Math.abs(Number(before));
  if (difference === 0 || (share !== null && Math.abs(share) < 0.0005))
    return <Quiet>No change against {period}</Quiet>;
  const better = difference < 0 === (good === "less");
  const colour = good === null ? "inherit" : better ? "text-status-success" : "text-status-error";
  const amount = signedMoney(difference, currency);
  return (
    <Box color={colour} fontSize="body-s" display="inline">
      <span aria-hidden="true">{difference > 0 ? "▲" : "▼"}</span>{" "}
      {share === null ? amount : `${difference > 0 ? "+" : "−"}${percent(Math.abs(share))} (${amount})`}{" "}
      <Quiet>against {period}</Quiet>
    </Box>
  );
}

function Quiet({ children }: { children: ReactNode }) {
  return (
    <Box color="text-body-secondary" fontSize="body-s" display="inline">
      {children}
    </Box>
  );
}
