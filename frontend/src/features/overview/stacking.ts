import type { components } from "@/generated/api";

type CostItem = components["schemas"]["CostItem"];

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
}

const SHOWN = 5;
const NAMELESS = "(none)";
const OTHERS = "Others";

/** The days' cost in one currency, with the largest groups apart. */
export function stacked(items: readonly CostItem[], currency: string): Stacks {
  const ours = items.filter((item) => item.currency === currency);
  const days = [...new Set(ours.map(({ period_start }) => period_start))].sort();
  const groups = [...Map.groupBy(ours, ({ group }) => group ?? NAMELESS)]
    .map(([name, rows]) => groupOf(name, rows))
    .sort((one, other) => other.total - one.total);
  const rest = groups.slice(SHOWN);
  const shown = rest.length > 0 ? [...groups.slice(0, SHOWN), merged(rest)] : groups;
  const perDay = days.map((day) =>
    shown.reduce((sum, { amounts }) => sum + Math.max(amounts.get(day) ?? 0, 0), 0),
  );
  const total = groups.reduce((sum, group) => sum + group.total, 0);
  return { currency, days, groups: shown, total, highest: Math.max(0, ...perDay) };
}

function groupOf(name: string, rows: readonly CostItem[]): Group {
  const amounts = new Map(rows.map(({ period_start, billed_cost }) => [period_start, Number(billed_cost)]));
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
