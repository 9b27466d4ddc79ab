import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { firstScreenBudget } from "./scripts/first-screen.ts";

const LAPTOP_STACK = process.env["CLOUDOPS_ORIGIN"] ?? "http://localhost:8080";

export default defineConfig({
  plugins: [react(), firstScreenBudget("/overview/overview-screen.tsx", 400)],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  build: {
    target: "es2024",
    sourcemap: false,
    // A data: URL in a style sheet is one more thing that the content security policy would have to allow.
    assetsInlineLimit: 0,
    // What counts is the first screen, which has a budget of its own.
    chunkSizeWarningLimit: 2000,
    // Polyfilling preloads would put a script into the page that the policy refuses.
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/health", "/config.json", "/oauth2", "/login", "/logout"].map((path) => [path, LAPTOP_STACK]),
    ),
  },
  test: {
    environment: "jsdom",
    globals: false,
    setupFiles: ["./src/testing/setup.ts"],
    css: false,
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
