import { describe, expect, it } from "vitest";

import { latestMonth, type SelfCost } from "./self-cost";

function cost(month: string, amount: string, currency = "USD"): SelfCost {
  return { month, service: "AmazonRDS", currency, source: "bill", billed_cost: amount };
}

const OCTOBER = "2026-10-01";
const NOVEMBER = "2026-11-01";

describe("latestMonth", () => {
  it("is the newest one that the bills reach the end of", () => {
    const costs = [cost(NOVEMBER, "40"), cost(OCTOBER, "95.1"), cost(OCTOBER, "37"), cost("2026-09-01", "1")];

    const found = latestMonth(costs, "2026-11-14");

    expect(found).toMatchObject({ month: OCTOBER, whole: true });
    expect(found?.totals.get("USD")).toBeCloseTo(132.1);
  });

  it.each([
    ["2026-10-30", "2026-09-01"],
    ["2026-10-31", OCTOBER],
    ["2026-11-01", OCTOBER],
    ["2026-11-30", NOVEMBER],
  ])("with bills through %s is that of %s", (through, month) => {
    const costs = [cost(NOVEMBER, "3"), cost(OCTOBER, "2"), cost("2026-09-01", "1")];

    expect(latestMonth(costs, through)).toMatchObject({ month, whole: true });
  });

  it("is the month so far where there is no other", () => {
    expect(latestMonth([cost(NOVEMBER, "3")], "2026-11-14")).toMatchObject({ month: NOVEMBER, whole: false });
    expect(latestMonth([cost(NOVEMBER, "3")], null)).toMatchObject({ month: NOVEMBER, whole: false });
  });

  it("keeps currencies apart", () => {
    const found = latestMonth([cost(OCTOBER, "3"), cost(OCTOBER, "5", "EUR")], "2026-11-14");

    expect([...(found?.totals ?? [])]).toEqual([
      ["EUR", 5],
      ["USD", 3],
    ]);
  });

  it("is none where nothing is known", () => {
    expect(latestMonth([], "2026-11-14")).toBeNull();
  });
});
