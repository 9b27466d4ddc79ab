import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

export type Search = Readonly<Record<string, string>>;

/** What the address says after its "?", each value a text, exactly as the API takes it. */
export function useUrlState(): [
  Search,
  (changes: Record<string, string | undefined>, options?: { replace?: boolean }) => void,
] {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (changes: Record<string, string | undefined>, { replace = false } = {}) =>
      void navigate({
        to: ".",
        search: ((now: Record<string, string>) => withChanges(now, changes)) as never,
        replace,
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}

/** What stands in the address where the screen's path has `$name`. */
export function usePathParameter(name: string): string {
  const parameters: Readonly<Record<string, string | undefined>> = useParams({ strict: false });
  const value = parameters[name];
  if (value === undefined) throw new Error(`the path has no $${name}`);
  return value;
}

export function withChanges(
  now: Search,
  changes: Record<string, string | undefined>,
): Record<string, string> {
  const merged = Object.entries({ ...now, ...changes });
  return Object.fromEntries(merged.filter((pair): pair is [string, string] => Boolean(pair[1])));
}

export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).filter(([, value]) => typeof value === "string" && value !== "");
  const text = new URLSearchParams(pairs as [string, string][]).toString();
  return text && `?${text}`;
}
