/** What the stack that serves this page writes into `/config.json`. */
export interface Configuration {
  api: string;
  login: string;
  issuer: string;
  client_id: string;
  redirect_uri: string;
  logout_uri: string;
  scope: string;
  /** Where the user pool's own API answers. */
  user_pool: string;
}

export async function readConfiguration(): Promise<Configuration> {
  const answer = await fetch("/config.json", { cache: "no-store" });
  if (!answer.ok) throw new Error(`/config.json answers ${answer.status}`);
  return (await answer.json()) as Configuration;
}
