import createClient, { type Client, type Middleware } from "openapi-fetch";
import { createContext, useContext } from "react";

import type { paths } from "@/generated/api";
import type { Configuration } from "@/lib/configuration";
import type { Session } from "@/lib/session/session";
import { chosenTenant, forgetTenant } from "@/lib/session/tenant";

import { Problem } from "./problem";

export type Api = Client<paths>;

/** Signs each request, renews a token that is over, and turns every refusal into a Problem. */
export function createApi(configuration: Configuration, session: Session): Api {
  const api = createClient<paths>({ baseUrl: configuration.api, fetch: fetchAs(session) });
  api.use(refusalsThrow);
  return api;
}

export function fetchAs(session: Session): (request: Request) => Promise<Response> {
  return async (request) => {
    const again = request.clone();
    const token = (await session.token()) ?? (await session.signIn());
    const answer = await send(signed(request, token));
    if (answer.status !== 401) return answer;
    const renewed = (await session.renew()) ?? (await session.signIn());
    return send(signed(again, renewed));
  };
}

function signed(request: Request, token: string): Request {
  request.headers.set("Authorization", `Bearer ${token}`);
  const tenant = chosenTenant();
  if (tenant) request.headers.set("X-Tenant-Id", tenant);
  return request;
}

async function send(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw Problem.noAnswer();
  }
}

const refusalsThrow: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    const problem = await Problem.of(response);
    // Somebody who was removed from the chosen tenant may still belong to another one.
    if (problem.status === 403 && chosenTenant() && problem.title.includes("belong to no tenant"))
      forgetTenant();
    throw problem;
  },
};

export const ApiContext = createContext<Api | null>(null);

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error("there is no API around this component");
  return api;
}

/** The body of an answer that cannot be a refusal any more. */
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new Problem({ status: 0, title: "The API's answer is empty" });
  return data;
}
