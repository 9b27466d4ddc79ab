import { bodyOf } from "./client";

/** A thing that people edit, with the ETag that a change of it has to name. */
export interface Versioned<T> {
  value: T;
  etag: string;
}

export async function versioned<T>(answer: Promise<{ data?: T; response: Response }>): Promise<Versioned<T>> {
  const { response } = await answer;
  return { value: await bodyOf(answer), etag: response.headers.get("ETag") ?? "" };
}
