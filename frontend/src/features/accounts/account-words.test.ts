import { expect, test } from "vitest";

import { READER, regionsIn, usualRole } from "./account-words";

test.each([
  [["us-east-1"], "arn:aws:iam::111122223333:role/cloudops-guardrails-read"],
  [["cn-north-1"], "arn:aws-cn:iam::111122223333:role/cloudops-guardrails-read"],
  [["us-gov-west-1"], "arn:aws-us-gov:iam::111122223333:role/cloudops-guardrails-read"],
])("the role of an account in %s is in its partition", (regions, arn) => {
  expect(usualRole("111122223333", regions, READER)).toBe(arn);
});

test("regions are taken as people write them", () => {
  expect(regionsIn(" us-east-1,eu-west-1;\nus-east-1 ")).toEqual(["eu-west-1", "us-east-1"]);
});
