// @vitest-environment node
import { expect, test } from "vitest";

import { type Chunk, firstScreenOf } from "./first-screen";

const ENTRY = chunk("entry.js", { isEntry: true, imports: ["shared.js"] });
const SHARED = chunk("shared.js", { imports: ["entry.js"], code: "x".repeat(5_000) });
const FIRST = chunk("first.js", { facadeModuleId: "/src/first-screen.tsx", imports: ["shared.js", "react"] });
const OTHER = chunk("other.js", { imports: ["shared.js"] });

function chunk(fileName: string, rest: Partial<Chunk>): Chunk {
  return { fileName, isEntry: false, facadeModuleId: null, imports: [], code: fileName, ...rest };
}

test("what is imported counts once, in whatever circle, and what is loaded later does not", () => {
  const { names, kib } = firstScreenOf([ENTRY, SHARED, FIRST, OTHER], "first-screen.tsx");

  expect(names).toEqual(["entry.js", "first.js", "shared.js"]);
  expect(kib).toBeGreaterThan(0.05);
  expect(kib).toBeLessThan(0.2);
});

test("a first screen that is not built any more is told of", () => {
  expect(() => firstScreenOf([ENTRY, SHARED], "first-screen.tsx")).toThrow("nothing was built");
});
