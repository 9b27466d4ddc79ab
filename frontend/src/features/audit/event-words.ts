import type { components } from "@/generated/api";

export type Event = components["schemas"]["EventOut"];
export type Verification = components["schemas"]["VerificationOut"];
export type Fault = Verification["faults"][number];

/** Where a kind of thing has a page of its own. */
const PAGES: Readonly<Record<string, string>> = {
  alert: "/alerts",
  recommendation: "/recommendations",
  action: "/actions",
  cloud_account: "/accounts",
  data_source: "/data-sources",
  delivery: "/deliveries",
  policy: "/policies",
};

export function pageOf({ entity_type, entity_id }: Event): string | null {
  const page = PAGES[entity_type];
  return page !== undefined && entity_id !== null ? `${page}/${entity_id}` : null;
}

const FAULTS: Record<Fault["kind"], string> = {
  edited: "An event was edited",
  removed: "An event was removed",
  inserted: "An event was inserted",
  reordered: "Events were reordered",
  cut: "The end of the trail was cut off",
  wiped: "The trail was wiped",
  rewritten: "The trail was rewritten",
  forged_head: "A head was forged",
};

export function faultText(kind: Fault["kind"]): string {
  return FAULTS[kind];
}

export interface Changed {
  field: string;
  before: string;
  after: string;
}

/** What an event changed, from the old and new values that it keeps. */
export function changesOf({ metadata }: Event): Changed[] {
  const [before, after] = [recordOf(metadata["old"]), recordOf(metadata["new"])];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].map((field) => ({
    field,
    before: written(before[field]),
    after: written(after[field]),
  }));
}

/** What else it keeps. */
export function detailsOf({ metadata }: Event): [string, string][] {
  return Object.entries(metadata)
    .filter(([key]) => key !== "old" && key !== "new")
    .map(([key, value]) => [key, written(value)]);
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function written(value: unknown): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
