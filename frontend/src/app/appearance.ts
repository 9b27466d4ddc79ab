import { useEffect } from "react";

import { type Theme, useAppearance } from "@/lib/preferences";

const DARK = "(prefers-color-scheme: dark)";

export function isDark(theme: Theme, systemIsDark: boolean): boolean {
  return theme === "system" ? systemIsDark : theme === "dark";
}

/** Cloudscape's own class names; they are what its style sheets and our theme are keyed on. */
function dress(theme: Theme, compact: boolean): void {
  document.body.classList.toggle("awsui-dark-mode", isDark(theme, matchMedia(DARK).matches));
  document.body.classList.toggle("awsui-compact-mode", compact);
}

export function useAppliedAppearance(): void {
  const { theme, density } = useAppearance();
  useEffect(() => {
    const apply = () => dress(theme, density === "compact");
    apply();
    const system = matchMedia(DARK);
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme, density]);
}
