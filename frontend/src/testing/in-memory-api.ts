import { vi } from "vitest";

import { type Api, createApi } from "@/lib/api/client";
import type { Session } from "@/lib/session/session";

export interface Asked {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

type Answer = (asked: Asked) => unknown;

/** Answers by "METHOD /path" with JSON; what nobody planned is a 404 problem, as in the API. */
export class InMemoryApi {
  readonly asked: Asked[] = [];
  readonly #answers = new Map<string, Answer>();

  constructor() {
    this.on("GET /api/v1/saved-views", () => ({ items: [], next_cursor: null }));
    this.on("GET /api/dashboard/freshness", () => ({ costs_through: null }));
  }

  on(request: string, answer: Answer): this {
    this.#answers.set(request, answer);
    return this;
  }

  refuse(request: string, status: number, title: string): this {
    return this.on(request, () => problem(status, title));
  }

  /** What was asked of it at that address, in order. */
  of(request: string): Asked[] {
    return this.asked.filter(({ method, path }) => `${method} ${path}` === request);
  }

  client(): Api {
    vi.stubGlobal("fetch", (request: Request) => this.#answer(request));
    const session = { token: () => Promise.resolve("token") } as unknown as Session;
    return createApi({ api: "https://api.example" } as never, session);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const text = await request.text();
    const asked: Asked = {
      method: request.method,
      path: pathname,
      query: Object.fromEntries(searchParams),
      body: text ? JSON.parse(text) : undefined,
    };
    this.asked.push(asked);
    const answer = this.#answers.get(`${request.method} ${pathname}`);
    const found = answer ? await answer(asked) : problem(404, "There is no such address");
    return found instanceof Response ? found : Response.json(found);
  }
}

export function problem(status: number, title: string): Response {
  return Response.json(
    { title, status },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}
