import { useRouter } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef } from "react";

/** "g" and then a letter goes to a page; the second key has to come within this time. */
const PATIENCE_MS = 1_500;

export const GO_TO: Readonly<Record<string, { path: string; name: string }>> = {
  o: { path: "/", name: "Overview" },
  c: { path: "/costs", name: "Cost explorer" },
  a: { path: "/alerts", name: "Alerts" },
  r: { path: "/recommendations", name: "Recommendations" },
  p: { path: "/approvals", name: "Approvals" },
};

export function useShortcuts({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }): void {
  const router = useRouter();
  const leading = useRef(0);
  const press = useEffectEvent((event: KeyboardEvent) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      onPalette();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "?") onHelp();
    else if (event.key === "/") focusFilter(event);
    else if (event.key === "g") leading.current = event.timeStamp;
    else if (event.timeStamp - leading.current < PATIENCE_MS) {
      leading.current = 0;
      const target = GO_TO[event.key];
      if (target) router.history.push(target.path);
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('input[aria-label^="Filter "]');
  if (!filter) return;
  event.preventDefault();
  filter.focus();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}
