import Box from "@cloudscape-design/components/box";

import { type Amount, percent } from "@/lib/format/money";

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
      {percent(Math.abs(share))}
    </Box>
  );
}
