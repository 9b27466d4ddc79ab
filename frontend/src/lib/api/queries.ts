import { QueryClient } from "@tanstack/react-query";

import { Problem } from "./problem";

const MINUTE = 60_000;
const TRIES = 3;
const TOO_MANY = 429;

/** What every screen asks by: a refusal stays one, what may have been bad luck is tried again after one second and after two. */
export function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: MINUTE / 2,
        retry: (failures, error) => failures + 1 < TRIES && mayPass(error),
      },
    },
  });
}

/** No answer, too many at once, or a fault of ours: e.g. a function not called for two weeks, to be made ready first. */
function mayPass(error: Error): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === TOO_MANY || error.status >= 500);
}
