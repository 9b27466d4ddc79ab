import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { InMemoryApi, problem } from "@/testing/in-memory-api";

import { bodyOf } from "./client";
import { problemOf } from "./problem";
import { makeQueries } from "./queries";

const ME = "GET /api/v1/me";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function unreachable(): never {
  throw new TypeError("Failed to fetch");
}

/** The title of the problem, if it ends in one. */
function ask(api: InMemoryApi): Promise<string> {
  const client = api.client();
  const query = makeQueries().query({ queryKey: ["me"], queryFn: () => bodyOf(client.GET("/api/v1/me")) });
  return query.then(
    () => "answered",
    (error: unknown) => problemOf(error).title,
  );
}

/** How often it was asked, and what came of it. */
async function asking(api: InMemoryApi): Promise<{ asked: number; outcome: string }> {
  const outcome = ask(api);
  await vi.advanceTimersByTimeAsync(60_000);
  return { outcome: await outcome, asked: api.of(ME).length };
}

describe("a question to the API", () => {
  test.each([
    ["429", () => problem(429, "Too Many Requests")],
    ["500", () => problem(500, "Bad luck")],
    ["502", () => problem(502, "Bad luck")],
    ["503", () => problem(503, "Bad luck")],
    ["504", () => problem(504, "Bad luck")],
    ["no answer", unreachable],
  ])("is asked again after a %s", async (_, failing) => {
    let failures = 2;
    const api = new InMemoryApi().on(ME, () => (failures-- > 0 ? failing() : { id: "u" }));

    expect(await asking(api)).toEqual({ asked: 3, outcome: "answered" });
  });

  test("is given up where it fails a third time", async () => {
    const api = new InMemoryApi().refuse(ME, 503, "The database is away");

    expect(await asking(api)).toEqual({ asked: 3, outcome: "The database is away" });
  });

  test.each([400, 403, 404, 409, 412, 422])("is not asked again after a %i", async (status) => {
    const api = new InMemoryApi().refuse(ME, status, "No");

    expect(await asking(api)).toEqual({ asked: 1, outcome: "No" });
  });

  test("waits longer before each further try", async () => {
    const api = new InMemoryApi().refuse(ME, 503, "The database is away");
    void ask(api);

    const asked: number[] = [];
    for (const wait of [0, 999, 1, 1999, 1]) {
      await vi.advanceTimersByTimeAsync(wait);
      asked.push(api.of(ME).length);
    }

    expect(asked).toEqual([1, 1, 2, 2, 3]);
  });
});
