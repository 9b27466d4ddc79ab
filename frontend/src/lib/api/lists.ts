import type { paths } from "@/generated/api";

type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

/** The addresses of the API that list something. */
export type ListPath = {
  [P in keyof paths]: [Answer<P>] extends [never]
    ? never
    : Answer<P> extends { items: unknown[] }
      ? P extends `${string}{${string}`
        ? never
        : P
      : never;
}[keyof paths];

export type ItemOf<P extends ListPath> = Answer<P> extends { items: (infer Item)[] } ? Item & object : never;

export type ListAnswer<P extends ListPath> = Answer<P> & { items: ItemOf<P>[]; next_cursor?: string | null };

type Query<P extends ListPath> = paths[P] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never;

/** What a list can be filtered by. */
export type FilterKey<P extends ListPath> = Exclude<keyof Query<P> & string, "limit" | "cursor">;

/** Lists whose answers are bounded by what they ask for; they know neither limit nor cursor. */
const UNPAGED: ReadonlySet<string> = new Set<ListPath>([
  "/api/v1/actions/types",
  "/api/v1/attribution-rules",
  "/api/v1/attribution/explanation",
  "/api/v1/automation/types",
  "/api/v1/compliance/scores",
  "/api/v1/costs",
  "/api/v1/costs/attributed",
  "/api/v1/costs/by_business_group",
  "/api/v1/costs/by_business_unit",
  "/api/v1/costs/by_service",
  "/api/v1/costs/by_team",
  "/api/v1/costs/showback",
  "/api/v1/costs/unit-costs",
  "/api/v1/limits",
  "/api/v1/recommendations/coverage",
  "/api/v1/retention",
  "/api/v1/split-rules",
  "/api/v1/tag-rules",
  "/api/v1/tenants",
  "/api/v1/violations/summary",
]);

export function takesPages(path: ListPath): boolean {
  return !UNPAGED.has(path);
}
