import { useSyncExternalStore } from "react";

/** Where the navigation covers the page instead of standing beside it. */
const NARROW = "(max-width: 688px)";

export function isNarrow(): boolean {
  return matchMedia(NARROW).matches;
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(NARROW);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}

export function useIsNarrow(): boolean {
  return useSyncExternalStore(subscribe, isNarrow);
}
