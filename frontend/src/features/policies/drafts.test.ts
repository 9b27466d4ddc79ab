import { expect, test } from "vitest";

import { BLANK, read } from "./drafts";

test.each([
  ["[1]", /object in braces/],
  ['"text"', /object in braces/],
  ['{"field": ', /no JSON/],
])("%s is no expression", (expression, mistake) => {
  const { written, mistake: told } = read({ ...BLANK, expression });

  expect(written).toBeNull();
  expect(told).toMatch(mistake);
});

test("an empty expression is no mistake yet", () => {
  expect(read(BLANK)).toEqual({ written: null, mistake: null });
});

test("types are parted by commas, and no account means all", () => {
  const { written } = read({
    ...BLANK,
    expression: '{"field": "name", "op": "absent"}',
    types: " EC2,, EBS ",
  });

  expect(written?.resource_types).toEqual(["EC2", "EBS"]);
  expect(written?.scope).toBeNull();
  expect(written?.expression).toEqual({ field: "name", op: "absent" });
});
