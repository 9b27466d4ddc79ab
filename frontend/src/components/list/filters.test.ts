import { expect, test } from "vitest";

import { changesOf, type Filter, filtersIn, optionsOf, tokensOf } from "./filters";

const FILTERS: readonly Filter[] = [
  { key: "status", label: "Status", values: ["open", "resolved"] },
  { key: "service", label: "Service", field: "service_name" },
  { key: "least_confidence", label: "Confidence", operator: ">=" },
];

test("an address and its tokens say the same", () => {
  const search = { status: "open", least_confidence: "0.8", cursor: "x" };

  const tokens = tokensOf(search, FILTERS);

  expect(tokens.map(({ propertyKey, operator, value }) => [propertyKey, operator, value])).toEqual([
    ["status", "=", "open"],
    ["least_confidence", ">=", "0.8"],
  ]);
  expect(changesOf(tokens, FILTERS)).toEqual({ status: "open", service: undefined, least_confidence: "0.8" });
});

test("of two values of one property the later one counts, as the API takes one", () => {
  const tokens = [
    { propertyKey: "status", operator: "=", value: "open" },
    { propertyKey: "status", operator: "=", value: "resolved" },
  ];

  expect(changesOf(tokens, FILTERS)["status"]).toBe("resolved");
});

test("what is no filter of the list is never asked for", () => {
  expect(filtersIn({ status: "open", by: "team", cursor: "x" }, FILTERS)).toEqual({ status: "open" });
});

test("free texts offer what the rows have", () => {
  const rows = [{ service_name: "AmazonEC2" }, { service_name: "AmazonEC2" }, { service_name: null }];

  const offered = optionsOf(FILTERS, rows).filter(({ propertyKey }) => propertyKey === "service");

  expect(offered).toEqual([{ propertyKey: "service", value: "AmazonEC2" }]);
});
