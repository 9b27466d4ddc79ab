import Box from "@cloudscape-design/components/box";

import { type Amount, percent, signedMoney } from "@/lib/format/money";

interface ChangeProps {
  now: Amount;
  before: Amount | null;
  currency: string;
  /** E.g. "the 30 days before". */
  period: string;
  /** Whether less is better, as with cost, or more, as with savings. */
  good?: "less" | "more";
}

/** A total against the equal period before it: arrow, sign and words, never colour alone. */
export function Change({ now, before, currency, period, good = "less" }: ChangeProps) {
  if (before === null) return <Box color="text-body-secondary">Nothing to compare with</Box>;
  const difference = Number(now) - Number(before);
  const share = Number(before) === 0 ? null : difference / Math.abs(Number(before));
  if (share !== null && Math.abs(share) < 0.0005)
    return <Box color="text-body-secondary">As in {period}</Box>;
  const better = difference < 0 === (good === "less");
  const amount = signedMoney(difference, currency);
  return (
    <Box color={better ? "text-status-success" : "text-status-error"} display="inline">
      <span aria-hidden="true">{difference > 0 ? "▲" : "▼"}</span>{" "}
      {share === null ? amount : `${difference > 0 ? "+" : "−"}${percent(Math.abs(share))} (${amount})`}{" "}
      <Box color="text-body-secondary" display="inline">
        against {period}
      </Box>
    </Box>
  );
}
