import { expect, test } from "vitest";

import type { CostItem } from "@/lib/costs/stacking";

import { compare } from "./comparison";

function item(group: string | null, billed_cost: string, currency = "USD"): CostItem {
  return { period_start: "2026-11-01", group, currency, billed_cost, effective_cost: "1", list_cost: null };
}

test("each group stands against what it cost before, one that is gone or new included", () => {
  const now = [item("AmazonEC2", "60"), item("AmazonEC2", "40"), item("AWSLambda", "5")];
  const before = [item("AmazonEC2", "80"), item("AmazonS3", "7")];

  const { rows, ...totals } = compare(now, before, "USD", "billed");

  expect(rows).toEqual([
    { group: "AmazonEC2", now: 100, before: 80, change: 20 },
    { group: "AWSLambda", now: 5, before: 0, change: 5 },
    { group: "AmazonS3", now: 0, before: 7, change: -7 },
  ]);
  expect(totals).toEqual({ now: 105, before: 87, otherCurrencies: [] });
});

test("other currencies are named and never added", () => {
  const found = compare([item("A", "1"), item("A", "2", "EUR")], [], "USD", "billed");

  expect(found).toMatchObject({ now: 1, otherCurrencies: ["EUR"] });
});

test("a missing dimension is one group, and the cost asked for counts", () => {
  const found = compare([item(null, "1"), item("", "2")], [], "USD", "effective");

  expect(found.rows).toEqual([{ group: "", now: 2, before: 0, change: 2 }]);
});
