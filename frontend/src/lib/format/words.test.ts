import { expect, it } from "vitest";

import { sentenceCase } from "./words";

it.each([
  ["risk_acceptance", "Risk acceptance"],
  ["in-progress", "In progress"],
  ["iops", "IOPS"],
  ["vcpus", "vCPUs"],
  ["memory_gib", "Memory GiB"],
  ["", ""],
])("writes %s as %s", (word, written) => {
  expect(sentenceCase(word)).toBe(written);
});
