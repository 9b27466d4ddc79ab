/** Everything is shown in UTC, as bills and CloudWatch have it. */
const UTC = { timeZone: "UTC" } as const;

const day = new Intl.DateTimeFormat("en-GB", { ...UTC, day: "numeric", month: "short", year: "numeric" });
const shortDay = new Intl.DateTimeFormat("en-GB", { ...UTC, day: "numeric", month: "short" });
const month = new Intl.DateTimeFormat("en-GB", { ...UTC, month: "short", year: "numeric" });
const time = new Intl.DateTimeFormat("en-GB", { ...UTC, hour: "2-digit", minute: "2-digit" });
const clock = new Intl.DateTimeFormat("en-GB", { ...UTC, timeStyle: "medium" });

export type Moment = string | Date;

/** E.g. "28 Nov 2026". */
export function dateOf(at: Moment): string {
  return day.format(new Date(at));
}

/** E.g. "28 Nov". */
export function shortDate(at: Moment): string {
  return shortDay.format(new Date(at));
}

/** E.g. "Nov 2026". */
export function monthOf(at: Moment): string {
  return month.format(new Date(at));
}

/** E.g. "28 Nov 2026, 14:05 UTC". */
export function timeOf(at: Moment): string {
  const moment = new Date(at);
  return `${day.format(moment)}, ${time.format(moment)} UTC`;
}

/** E.g. "14:05:09", where seconds tell. */
export function clockOf(at: Moment): string {
  return clock.format(new Date(at));
}

/** E.g. "25 – 26 Nov 2026", or one day alone. */
export function span(start: Moment, end: Moment): string {
  return day.formatRange(new Date(start), new Date(end));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** E.g. "3 hours ago". */
export function ago(at: Moment, now: Date): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ["minute", 60];
  return relative.format(Math.round(seconds / length), unit);
}

/** The calendar day, e.g. "2026-11-28", as the API takes it. */
export function isoDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

export function addDays(at: string, days: number): string {
  const moved = new Date(`${at}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return isoDay(moved);
}
