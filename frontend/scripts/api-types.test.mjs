// @vitest-environment node
import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { apiTypes, TYPES } from "./api-types.mjs";

test(
  "the API's types are those of its description: `make openapi` writes them anew",
  { timeout: 30_000 },
  async () => {
    expect(readFileSync(TYPES, "utf8") === (await apiTypes())).toBe(true);
  },
);
