import { addDays } from "@/lib/format/dates";

/** How many of the last days say what a day costs at present; a week, so that each weekday counts once. */
export const RUN_RATE_DAYS = 7;

export interface Forecast {
  /** What the whole month comes to. */
  total: number;
  /** Usage per day at present. */
  rate: number;
  /** Days of the month without data yet. */
  daysLeft: number;
}

/** What is billed of the month so far, and usage as in the last week for each day that is left of it. */
export function forecastOf(billed: number, usageOfLastDays: number, through: string): Forecast {
  const rate = usageOfLastDays / RUN_RATE_DAYS;
  const daysLeft = daysInMonth(through) - Number(through.slice(8, 10));
  return { total: billed + rate * daysLeft, rate, daysLeft };
}

function daysInMonth(day: string): number {
  const nextMonth = addDays(`${day.slice(0, 7)}-01`, 31).slice(0, 7);
  return Number(addDays(`${nextMonth}-01`, -1).slice(8, 10));
}
