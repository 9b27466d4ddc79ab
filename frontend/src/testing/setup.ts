import "@testing-library/jest-dom/vitest";

import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

if (typeof window !== "undefined") {
  // jsdom has no layout, so that every screen is a wide one.
  window.scrollTo = vi.fn();
  window.matchMedia = (media) =>
    ({ media, matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }) as never;
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
