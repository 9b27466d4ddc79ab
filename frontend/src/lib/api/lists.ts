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
