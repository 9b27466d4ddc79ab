import type { Screen } from "@/lib/screens";

const found = import.meta.glob<{ screens: readonly Screen[] }>("../features/*/screens.ts", { eager: true });

/** Every feature's screens: a folder with a `screens.ts` is all that a feature needs to appear. */
export const SCREENS: readonly Screen[] = Object.values(found).flatMap(({ screens }) => screens);
