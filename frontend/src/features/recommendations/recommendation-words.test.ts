import { describe, expect, it } from "vitest";

import { conflicts, type Recommendation, savingOf, stepsOf } from "./recommendation-words";

const ONE = {
  id: "1",
  overlap_group: "aws/1/i-1/compute",
  monthly_savings: "210.384000",
  currency: "USD",
  action_steps: "1. Stop it.\n2. Change its type to m5.large.\n",
} as Recommendation;

describe("a recommendation", () => {
  it("has steps without their numbers", () => {
    expect(stepsOf(ONE)).toEqual(["Stop it.", "Change its type to m5.large."]);
  });

  it("tells no saving that it does not know", () => {
    expect(savingOf(ONE)).toBe("$210.38");
    expect(savingOf({ ...ONE, monthly_savings: null })).toBe("Not known");
  });

  it.each([
    [{ ...ONE, id: "2" }, true],
    [{ ...ONE, id: "2", overlap_group: "aws/1/i-1/storage" }, false],
    [ONE, false],
  ])("stands against another one of the same part: %#", (other, expected) => {
    expect(conflicts(ONE, other)).toBe(expected);
  });
});
