import { type CostItem, costOf, type Measure } from "@/lib/costs/stacking";

/** A group's cost in the period, and in as many days before it. */
export interface Compared {
  /** As the API has it; empty where the charges have no such dimension. */
  group: string;
  now: number;
  before: number;
  change: number;
}

export interface Comparison {
  rows: Compared[];
  now: number;
  before: number;
  /** What is left out, since currencies are never added. */
  otherCurrencies: string[];
}

/** Both periods in one currency, the dearest group first. */
export function compare(
  now: readonly CostItem[],
  before: readonly CostItem[],
  currency: string,
  measure: Measure,
): Comparison {
  const [costs, costsBefore] = [now, before].map((items) => sums(items, currency, measure));
  const groups = new Set([...(costs?.keys() ?? []), ...(costsBefore?.keys() ?? [])]);
  const rows = [...groups].map((group) => {
    const [cost, costBefore] = [costs?.get(group) ?? 0, costsBefore?.get(group) ?? 0];
    return { group, now: cost, before: costBefore, change: cost - costBefore };
  });
  return {
    rows: rows.sort((one, other) => other.now - one.now),
    now: rows.reduce((sum, row) => sum + row.now, 0),
    before: rows.reduce((sum, row) => sum + row.before, 0),
    otherCurrencies: [...new Set(now.map((item) => item.currency))].filter((one) => one !== currency).sort(),
  };
}

function sums(items: readonly CostItem[], currency: string, measure: Measure): Map<string, number> {
  const found = new Map<string, number>();
  for (const item of items) {
    if (item.currency !== currency) continue;
    const group = item.group ?? "";
    found.set(group, (found.get(group) ?? 0) + costOf(item, measure));
  }
  return found;
}
