import Box from "@cloudscape-design/components/box";

import type { Amount } from "@/lib/format/money";

/** Always one digit after the point, so that a column of them can be compared by eye. */
const SHARE = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

interface ChangeShareProps {
  now: Amount;
  before: Amount;
}

/** A cost of a table against the equal period before it, e.g. "▲ 9.1%"; the column says which period that is. */
export function ChangeShare({ now, before }: ChangeShareProps) {
  const difference = Number(now) - Number(before);
  if (Number(before) === 0) return <>{difference === 0 ? "–" : "New"}</>;
  const share = difference / Math.abs(Number(before));
  if (Math.abs(share) < 0.0005) return <>±0%</>;
  return (
    <Box color={difference < 0 ? "text-status-success" : "text-status-error"} display="inline">
      <span aria-hidden="true">{difference > 0 ? "▲" : "▼"}</span> {difference > 0 ? "+" : "−"}
      {SHARE.format(Math.abs(share))}
    </Box>
  );
}
