import { addDays } from "@/lib/format/dates";

export interface Period {
  start: string;
  /** Exclusive, as in the API. */
  end: string;
}

/** The month up to the last day with data, and as many days of the month before it. */
export function monthToDate(through: string): { now: Period; before: Period; days: number } {
  const start = `${through.slice(0, 7)}-01`;
  const days = Number(through.slice(8, 10));
  const previousStart = `${addDays(start, -1).slice(0, 7)}-01`;
  const sameDay = addDays(previousStart, days);
  return {
    now: { start, end: addDays(through, 1) },
    // February may end before the day that this month has reached.
    before: { start: previousStart, end: sameDay < start ? sameDay : start },
    days,
  };
}

/** As many days up to the last one with data. */
export function lastDays(through: string, days: number): Period {
  return { start: addDays(through, 1 - days), end: addDays(through, 1) };
}

/** As many days just before it. */
export function before({ start, end }: Period): Period {
  return { start: addDays(start, -daysIn({ start, end })), end: start };
}

export function daysIn({ start, end }: Period): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / 86_400_000);
}
