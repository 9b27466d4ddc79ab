import { useCallback, useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Density = "comfortable" | "compact";

const PREFIX = "cloudops.preference.";
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}

/** A choice of this browser about how things look, kept as JSON; never about what is shown. */
export function usePreference<T>(name: string, initial: T): [T, (value: T) => void] {
  const read = useCallback(() => localStorage.getItem(PREFIX + name), [name]);
  const kept = useSyncExternalStore(subscribe, read);
  const keep = useCallback(
    (value: T) => {
      localStorage.setItem(PREFIX + name, JSON.stringify(value));
      for (const listener of listeners) listener();
    },
    [name],
  );
  return [kept === null ? initial : (JSON.parse(kept) as T), keep];
}

export function useAppearance() {
  const [theme, setTheme] = usePreference<Theme>("theme", "system");
  const [density, setDensity] = usePreference<Density>("density", "comfortable");
  return { theme, setTheme, density, setDensity };
}
