import { describe, expect, it } from "vitest";

import type { Profile } from "@/lib/session/member";

import { type ApprovalDetail, refusalFor } from "./approval-words";

const APPROVAL = {
  status: "pending",
  requested_by: "ines",
  approver_role: "approver",
  decisions: [],
} as unknown as ApprovalDetail;

function person(changes: Partial<Profile>): Profile {
  return { id: "jonas", role: "approver", finance_approver: false, ...changes } as Profile;
}

describe("who may decide", () => {
  it("is whoever has the role", () => {
    expect(refusalFor(APPROVAL, person({}))).toBeNull();
    expect(refusalFor(APPROVAL, person({ role: "admin" }))).toBeNull();
    expect(refusalFor(APPROVAL, person({ role: "operator" }))).toBe("This takes an approver.");
  });

  it("is never who asked", () => {
    expect(refusalFor(APPROVAL, person({ id: "ines" }))).toContain("You asked for it");
  });

  it("is a finance approver where money is at stake, whatever else somebody is", () => {
    const large = { ...APPROVAL, approver_role: "cfo" } as ApprovalDetail;
    expect(refusalFor(large, person({ role: "admin" }))).toBe("This takes a finance approver.");
    expect(refusalFor(large, person({ finance_approver: true }))).toBeNull();
  });

  it("is nobody twice", () => {
    const half = { ...APPROVAL, decisions: [{ user_id: "jonas" }] } as unknown as ApprovalDetail;
    expect(refusalFor(half, person({}))).toContain("another person");
  });

  it("is nobody once it is decided", () => {
    expect(refusalFor({ ...APPROVAL, status: "expired" }, person({}))).toBe("It is decided.");
  });
});
