// Holds what the first screen loads to a budget: the entry, the first page, and whatever they import.
import { gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const KIB = 1024;

export interface Chunk {
  fileName: string;
  isEntry: boolean;
  facadeModuleId: string | null;
  imports: readonly string[];
  code: string;
}

/** The chunks that the first screen needs, each once, and what they weigh together, gzipped. */
export function firstScreenOf(chunks: readonly Chunk[], screen: string): { names: string[]; kib: number } {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const starts = chunks.filter(({ isEntry, facadeModuleId }) => isEntry || facadeModuleId?.endsWith(screen));
  const found = new Map<string, Chunk>();
  const waiting = starts.map(({ fileName }) => fileName);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const chunk = byName.get(name);
    if (!chunk || found.has(name)) continue;
    found.set(name, chunk);
    waiting.push(...chunk.imports);
  }
  if (starts.length < 2) throw new Error(`nothing was built of ${screen}`);
  const bytes = [...found.values()].reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  return { names: [...found.keys()].sort(), kib: bytes / KIB };
}

export function firstScreenBudget(screen: string, limit: number): Plugin {
  return {
    name: "first-screen-budget",
    apply: "build",
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      const { kib } = firstScreenOf(chunks, screen);
      const told = `the first screen loads ${kib.toFixed(0)} KiB of gzipped script, of at most ${limit}`;
      if (kib > limit) this.error(told);
      this.info(told);
    },
  };
}
