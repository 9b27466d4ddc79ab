import type { components } from "@/generated/api";
import { money } from "@/lib/format/money";

export type Action = components["schemas"]["ActionOut"];
export type ActionDetail = components["schemas"]["ActionDetailOut"];
export type ActionStep = components["schemas"]["StepOut"];

export const STATUSES = [
  "queued",
  "preflight",
  "in_progress",
  "verifying",
  "completed",
  "failed",
  "rolled_back",
] as const;

const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "rolled_back"]);

export function hasEnded({ status }: Action): boolean {
  return ENDED.has(status);
}

/** Before it has begun, nothing has to be undone. */
export function canBeCalledOff({ status }: Action): boolean {
  return status === "queued" || status === "preflight";
}

export function savingOf({ monthly_savings: saved, currency }: Action): string {
  return saved === null || currency === null ? "Not known" : money(saved, currency);
}

export function askedBy({ autonomous, requested_by_name: name }: Action): string {
  return autonomous ? "The system itself" : name;
}

/** E.g. "0.3 s", "4 min". */
export function lasted(from: string, until: string): string {
  const seconds = (new Date(until).getTime() - new Date(from).getTime()) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
