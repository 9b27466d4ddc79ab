import { describe, expect, test } from "vitest";

import { before } from "@/lib/costs/periods";

import { drillInto, parametersOf, questionIn } from "./question";

const THROUGH = "2026-11-28";

describe("the period", () => {
  test.each([
    [{}, "2026-10-30", "2026-11-29"],
    [{ period: "7" }, "2026-11-22", "2026-11-29"],
    [{ period: "month" }, "2026-11-01", "2026-11-29"],
    [{ period: "last-month" }, "2026-10-01", "2026-11-01"],
    [{ period: "custom", start: "2026-09-01", end: "2026-09-08" }, "2026-09-01", "2026-09-08"],
    [{ period: "custom", start: "2026-09-08", end: "2026-09-01" }, "2026-10-30", "2026-11-29"],
    [{ period: "for ever" }, "2026-10-30", "2026-11-29"],
  ])("%o is %s to %s", (search, start, end) => {
    expect(questionIn(search, THROUGH).period).toEqual({ start, end });
  });

  test("is compared with as many days before it", () => {
    const { period } = questionIn({ period: "7" }, THROUGH);

    expect(before(period)).toEqual({ start: "2026-11-15", end: "2026-11-22" });
  });
});

test("a tag is asked for by its key", () => {
  const question = questionIn({ by: "tag", tag: "Environment", service: "AmazonEC2" }, THROUGH);

  expect(parametersOf(question)).toMatchObject({ group_by: "tag:Environment", service: "AmazonEC2" });
});

describe("drilling down", () => {
  test("goes from the service over the account to the resource and its usage", () => {
    const services = questionIn({}, THROUGH);
    const accounts = questionIn({ by: "account", service: "AmazonEC2" }, THROUGH);
    const resources = questionIn({ by: "resource", service: "AmazonEC2", account: "1" }, THROUGH);

    expect(drillInto(services, "AmazonEC2")).toEqual({ service: "AmazonEC2", by: "account" });
    expect(drillInto(accounts, "1")).toEqual({ account: "1", by: "resource" });
    expect(drillInto(resources, "i-1")).toEqual({ resource: "i-1", by: "usage_type" });
  });

  test("leaves out what is a filter already", () => {
    const services = questionIn({ account: "1" }, THROUGH);

    expect(drillInto(services, "AmazonEC2")).toEqual({ service: "AmazonEC2", by: "resource" });
  });

  test("ends where nothing is finer, and where the group has no name", () => {
    expect(drillInto(questionIn({ by: "usage_type" }, THROUGH), "BoxUsage")).toBeNull();
    expect(drillInto(questionIn({}, THROUGH), "")).toBeNull();
  });
});
