import type { Search } from "@/lib/url-state";

/** A draft travels in the address, so that who may only try a rule can hand it to who may save it. */
export function draftFrom<Written extends object>(search: Search, blank: Written): Written {
  const told = objectOf(search["draft"]);
  const known = Object.entries(told).filter(
    ([key, value]) => key in blank && fits(blank[key as keyof Written], value),
  );
  return { ...blank, ...Object.fromEntries(known) };
}

export function addressWith(address: string, draft: object): string {
  const url = new URL(address);
  url.searchParams.set("draft", JSON.stringify(draft));
  return url.toString();
}

function objectOf(text: string | undefined): Record<string, unknown> {
  if (!text) return {};
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === "object" && told !== null ? (told as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

function fits(blank: unknown, value: unknown): boolean {
  if (blank === null) return value === null || typeof value === "string";
  return typeof blank === typeof value && Array.isArray(blank) === Array.isArray(value);
}
