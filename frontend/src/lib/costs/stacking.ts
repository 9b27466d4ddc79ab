import type { components } from "@/generated/api";

export type CostItem = components["schemas"]["CostItem"];

/** Which of a bill's costs is looked at. */
export type Measure = "billed" | "effective" | "list";

export function costOf(item: CostItem, measure: Measure): number {
  return Number(
    { billed: item.billed_cost, effective: item.effective_cost, list: item.list_cost }[measure] ?? 0,
  );
}

export interface Group {
  name: string;
  total: number;
  /** By day. */
  amounts: ReadonlyMap<string, number>;
}

export interface Stacks {
  currency: string;
  days: string[];
  /** The largest first, what is left as the last one. */
  groups: Group[];
  total: number;
  /** The dearest day. */
  highest: number;
  /** The day with the largest credits, zero where there are none. */
  lowest: number;
}

const SHOWN = 5;
/** What has no such dimension, e.g. a tax without a region. */
export const NAMELESS = "(none)";
const OTHERS = "Others";

/** The days' cost in one currency, with the largest groups apart. */
export function stacked(
  items: readonly CostItem[],
  currency: string,
  measure: Measure = "billed",
  nameOf: (group: string) => string = (group) => group,
): Stacks {
  const ours = items.filter((item) => item.currency === currency);
  const days = [...new Set(ours.map(({ period_start }) => period_start))].sort();
  const groups = [...Map.groupBy(ours, ({ group }) => (group === null || group === "" ? NAMELESS : group))]
    .map(([name, rows]) => groupOf(nameOf(name), rows, measure))
    .sort((one, other) => other.total - one.total);
  const rest = groups.slice(SHOWN);
  const shown = rest.length > 0 ? [...groups.slice(0, SHOWN), merged(rest)] : groups;
  const perDay = (part: (amount: number) => number) =>
    days.map((day) => shown.reduce((sum, { amounts }) => sum + part(amounts.get(day) ?? 0), 0));
  return {
    currency,
    days,
    groups: shown,
    total: groups.reduce((sum, group) => sum + group.total, 0),
    highest: Math.max(0, ...perDay((amount) => Math.max(amount, 0))),
    lowest: Math.min(0, ...perDay((amount) => Math.min(amount, 0))),
  };
}

function groupOf(name: string, rows: readonly CostItem[], measure: Measure): Group {
  const amounts = new Map<string, number>();
  for (const row of rows)
    amounts.set(row.period_start, (amounts.get(row.period_start) ?? 0) + costOf(row, measure));
  return { name, amounts, total: sum(amounts.values()) };
}

function merged(groups: readonly Group[]): Group {
  const amounts = new Map<string, number>();
  for (const group of groups) {
    for (const [day, amount] of group.amounts) amounts.set(day, (amounts.get(day) ?? 0) + amount);
  }
  return { name: OTHERS, amounts, total: sum(amounts.values()) };
}

function sum(amounts: Iterable<number>): number {
  return [...amounts].reduce((total, amount) => total + amount, 0);
}
