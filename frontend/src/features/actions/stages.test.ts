import { describe, expect, it } from "vitest";

import type { ActionDetail } from "./action-words";
import { stagesOf } from "./stages";

const AT = "2026-11-29T02:48:36Z";
const LANDED = { direction: "forth", status: "landed" };
const QUEUED = {
  status: "queued",
  plan: null,
  steps: [],
  events: [],
  created_at: AT,
  started_at: null,
  finished_at: null,
  error: null,
  digest: null,
  requires_approval: null,
  undoing: false,
} as unknown as ActionDetail;

function action(changes: object): ActionDetail {
  return { ...QUEUED, ...changes };
}

function told(changes: object): string[] {
  return stagesOf(action(changes)).map(({ name, status }) => `${name}: ${status}`);
}

describe("the stages of an action", () => {
  it("begin with the queue", () => {
    expect(told({})).toEqual([
      "Queued: loading",
      "Preflight: pending",
      "In progress: pending",
      "Verifying: pending",
      "Completed: not-started",
    ]);
  });

  it("say what a frozen plan waits for", () => {
    const waiting = action({
      status: "preflight",
      digest: "a8",
      requires_approval: true,
      plan: { steps: [] },
    });
    expect(stagesOf(waiting)[1]?.says).toBe("Waits for approval");
  });

  it("are all done where it completed", () => {
    const completed = {
      status: "completed",
      plan: { steps: [{}] },
      steps: [LANDED],
      started_at: AT,
      finished_at: AT,
    };
    expect(told(completed).every((stage) => stage.endsWith(": success"))).toBe(true);
  });

  it("end in verification where every step landed and it went back", () => {
    const back = {
      status: "rolled_back",
      plan: { steps: [{}] },
      steps: [LANDED],
      started_at: AT,
      finished_at: AT,
    };
    expect(told(back).slice(2)).toEqual(["In progress: success", "Verifying: error", "Rolled back: warning"]);
  });

  it("end in the plan where it was rejected", () => {
    const rejected = { status: "failed", plan: { steps: [{}] }, finished_at: AT };
    expect(told(rejected)).toEqual([
      "Queued: success",
      "Preflight: error",
      "In progress: not-started",
      "Verifying: not-started",
      "Failed: error",
    ]);
  });
});
