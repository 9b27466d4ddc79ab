import { expect, test } from "vitest";

import { read, written } from "./required-tags";

test("tags are written one a line, and read as they were written", () => {
  const tags = [
    { key: "Team", allowed_values: null },
    { key: "Environment", allowed_values: ["prod", "staging"] },
    { key: "aws:createdBy", allowed_values: null },
  ];

  expect(written(tags)).toBe("Team\nEnvironment: prod, staging\naws:createdBy");
  expect(read(written(tags))).toEqual(tags);
});

test("empty lines and values say nothing", () => {
  expect(read("\n Team: \n\nStage: a,, b\n")).toEqual([
    { key: "Team", allowed_values: null },
    { key: "Stage", allowed_values: ["a", "b"] },
  ]);
});
