// Writes the theme as a style sheet: applied at run time it would be an inline style, which the policy refuses.
import { mkdirSync, writeFileSync } from "node:fs";

import { createServer } from "vite";

import { theme } from "./theme.mjs";

const generated = new URL("../src/generated/", import.meta.url);

// Node alone cannot resolve the package's imports; a bundler can.
const vite = await createServer({
  configFile: false,
  logLevel: "error",
  server: { middlewareMode: true, ws: false },
  optimizeDeps: { noDiscovery: true },
  ssr: { noExternal: [/@cloudscape-design/] },
});
const { generateThemeStylesheet } = await vite.ssrLoadModule("@cloudscape-design/components/theming");
mkdirSync(generated, { recursive: true });
writeFileSync(new URL("theme.css", generated), generateThemeStylesheet({ theme }));
await vite.close();
