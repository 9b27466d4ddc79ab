import type { Filter } from "@/components/list/filters";
import type { FilterKey } from "@/lib/api/lists";
import { lastDays, type Period } from "@/lib/costs/periods";
import type { Measure } from "@/lib/costs/stacking";
import { addDays } from "@/lib/format/dates";
import type { Search } from "@/lib/url-state";

export type Key = FilterKey<"/api/v1/costs">;

export const FILTERS: readonly Filter<Key>[] = [
  { key: "service", label: "Service" },
  { key: "account", label: "Account" },
  { key: "region", label: "Region" },
  { key: "resource", label: "Resource" },
  {
    key: "charge_category",
    label: "Charge category",
    group: "Charge categories",
    values: ["Usage", "Purchase", "Tax", "Credit", "Adjustment"],
  },
  { key: "currency", label: "Currency", group: "Currencies" },
];

/** What a saved view keeps, beside the filters. */
export const KEPT = [
  ...FILTERS,
  ...["by", "tag", "period", "start", "end", "per", "cost"].map((key) => ({ key })),
];

export const DIMENSIONS = [
  { value: "service", label: "Service", one: "service" },
  { value: "account", label: "Account", one: "account" },
  { value: "region", label: "Region", one: "region" },
  { value: "team", label: "Team", one: "team" },
  { value: "resource", label: "Resource", one: "resource" },
  { value: "usage_type", label: "Usage type", one: "usage type" },
  { value: "instance_type", label: "Instance type", one: "instance type" },
  { value: "charge_category", label: "Charge category", one: "charge category" },
  { value: "provider", label: "Provider", one: "provider" },
  { value: "tag", label: "Tag", one: "value of the tag" },
] as const;

export type Dimension = (typeof DIMENSIONS)[number];

export const PERIODS = [
  { value: "7", label: "Last 7 days" },
  { value: "14", label: "Last 14 days" },
  { value: "30", label: "Last 30 days" },
  { value: "90", label: "Last 90 days" },
  { value: "month", label: "Month to date" },
  { value: "last-month", label: "Last month" },
  { value: "custom", label: "Other dates" },
] as const;

export type PeriodName = (typeof PERIODS)[number]["value"];

export const MEASURES: readonly { value: Measure; label: string; description: string }[] = [
  { value: "billed", label: "Billed", description: "What is invoiced" },
  { value: "effective", label: "Effective", description: "Commitments spread over what they cover" },
  { value: "list", label: "List", description: "At public on-demand prices" },
];

export interface Question {
  by: Dimension;
  /** The key, where costs are grouped by a tag. */
  tag: string;
  periodName: PeriodName;
  period: Period;
  per: "daily" | "monthly";
  measure: Measure;
  filters: Partial<Record<Key, string>>;
}

const DEFAULT_TAG = "team";

/** What the address asks for, of bills that reach to `through`. */
export function questionIn(search: Search, through: string): Question {
  const periodName = PERIODS.find(({ value }) => value === search["period"])?.value ?? "30";
  const filters = FILTERS.flatMap(({ key }) => (search[key] ? [[key, search[key]]] : []));
  return {
    by: DIMENSIONS.find(({ value }) => value === search["by"]) ?? DIMENSIONS[0],
    tag: search["tag"] ?? DEFAULT_TAG,
    periodName,
    period: periodOf(periodName, search, through),
    per: search["per"] === "monthly" ? "monthly" : "daily",
    measure: MEASURES.find(({ value }) => value === search["cost"])?.value ?? "billed",
    filters: Object.fromEntries(filters) as Question["filters"],
  };
}

function periodOf(name: PeriodName, search: Search, through: string): Period {
  const month = `${through.slice(0, 7)}-01`;
  if (name === "month") return { start: month, end: addDays(through, 1) };
  if (name === "last-month") return { start: `${addDays(month, -1).slice(0, 7)}-01`, end: month };
  if (name !== "custom") return lastDays(through, Number(name));
  const { start, end } = lastDays(through, 30);
  const chosen = { start: search["start"] ?? start, end: search["end"] ?? end };
  return chosen.start < chosen.end ? chosen : { start, end };
}

/** The question as the API takes it. */
export function parametersOf({ by, tag, period, per, filters }: Question): Record<string, string> {
  const group_by = by.value === "tag" ? `tag:${tag}` : by.value;
  return { ...filters, ...period, group_by, granularity: per };
}

const NEXT: Partial<Record<Dimension["value"], Dimension["value"]>> = {
  service: "account",
  account: "resource",
  region: "service",
  charge_category: "service",
  resource: "usage_type",
};

/** The changes of the address that show what one group is made of, or null where nothing is finer. */
export function drillInto({ by, filters }: Question, group: string): Record<string, string> | null {
  const next = NEXT[by.value];
  if (next === undefined || group === "") return null;
  const known = next in filters ? NEXT[next] : next;
  return known === undefined ? null : { [by.value]: group, by: known };
}
