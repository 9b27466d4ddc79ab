import { describe, expect, it } from "vitest";

import { forecastOf } from "./forecast";

describe("forecastOf", () => {
  it.each([
    ["2026-11-20", 10],
    ["2026-11-30", 0],
    ["2026-02-01", 27],
    ["2028-02-01", 28],
    ["2026-12-31", 0],
    ["2026-01-31", 0],
  ])("adds the run rate for the days left after %s", (through, daysLeft) => {
    expect(forecastOf(1000, 70, through)).toEqual({ total: 1000 + daysLeft * 10, rate: 10, daysLeft });
  });
});
