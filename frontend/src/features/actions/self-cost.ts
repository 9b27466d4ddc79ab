import { queryOptions } from "@tanstack/react-query";

import type { components } from "@/generated/api";
import { type Api, bodyOf } from "@/lib/api/client";
import { addDays } from "@/lib/format/dates";
import { sumByCurrency } from "@/lib/format/money";

export type SelfCost = components["schemas"]["SelfCostOut"];

export interface MonthOfSelfCost {
  /** Its first day. */
  month: string;
  /** Whether the bills reach its last day. */
  whole: boolean;
  parts: readonly SelfCost[];
  /** Per currency, the largest first. */
  totals: ReadonlyMap<string, number>;
}

export function selfCostsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/costs/self"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/costs/self", { signal })),
  });
}

/** The newest month that bills reach the end of, else the newest of all; null where nothing is known. */
export function latestMonth(costs: readonly SelfCost[], through: string | null): MonthOfSelfCost | null {
  const months = [...new Set(costs.map(({ month }) => month))].sort().reverse();
  const month = months.find((one) => isWhole(one, through)) ?? months[0];
  if (month === undefined) return null;
  const parts = costs.filter((one) => one.month === month);
  const totals = sumByCurrency(parts, ({ billed_cost: amount, currency }) => ({ amount, currency }));
  return { month, whole: isWhole(month, through), parts, totals };
}

function isWhole(month: string, through: string | null): boolean {
  return through !== null && addDays(through, 1).slice(0, 7) > month.slice(0, 7);
}
