import { describe, expect, it } from "vitest";

import { callText, differences, type Plan, valueText } from "./plan";

const RESIZE: Plan = {
  type: "ec2.resize",
  account_id: "111122223333",
  region: "us-east-1",
  resource_id: "i-1",
  params: { instance_type: "m5.large" },
  before: { state: "running", exists: true, instance_type: "m5.xlarge" },
  steps: [
    {
      name: "stop the instance",
      call: { service: "ec2", operation: "stop_instances", arguments: {} },
      becomes: { state: "stopped", exists: true, instance_type: "m5.xlarge" },
      undo: null,
    },
    {
      name: "start the instance",
      call: { service: "ec2", operation: "start_instances", arguments: {} },
      becomes: { state: "running", exists: true, instance_type: "m5.large" },
      undo: null,
    },
  ],
};

describe("a plan", () => {
  it("shows what is another at its end, not on the way there", () => {
    expect(differences(RESIZE)).toEqual([{ fact: "instance_type", before: "m5.xlarge", after: "m5.large" }]);
  });

  it("changes nothing without steps", () => {
    expect(differences({ ...RESIZE, steps: [] })).toEqual([]);
  });

  it("names calls as IAM does", () => {
    const call = { service: "ec2", operation: "modify_instance_attribute", arguments: {} };
    expect(callText(call)).toBe("ec2:ModifyInstanceAttribute");
  });

  it.each([
    [null, "none"],
    [true, "yes"],
    [3000, "3000"],
    [{ Value: "m5.large" }, '{"Value":"m5.large"}'],
  ])("writes %j as %s", (value, text) => {
    expect(valueText(value)).toBe(text);
  });
});
