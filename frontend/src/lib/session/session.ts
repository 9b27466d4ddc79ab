import { type User, UserManager, WebStorageStateStore } from "oidc-client-ts";

import type { Configuration } from "@/lib/configuration";

const SIGNED_OUT = "cloudops.signed-out";

/** The signed-in person: code + PKCE against Cognito's Hosted UI, renewed silently by the refresh token. */
export class Session {
  readonly #users: UserManager;
  readonly #configuration: Configuration;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#users = new UserManager({
      authority: configuration.issuer,
      client_id: configuration.client_id,
      redirect_uri: configuration.redirect_uri,
      scope: configuration.scope,
      response_type: "code",
      automaticSilentRenew: true,
      loadUserInfo: false,
      // A tab's own storage: another site's script cannot reach it, and it is gone when the tab is.
      userStore: new WebStorageStateStore({ store: sessionStorage }),
      stateStore: new WebStorageStateStore({ store: sessionStorage }),
      metadata: {
        issuer: configuration.issuer,
        authorization_endpoint: `${configuration.login}/oauth2/authorize`,
        token_endpoint: `${configuration.login}/oauth2/token`,
        revocation_endpoint: `${configuration.login}/oauth2/revoke`,
      },
    });
  }

  /** The ID token that the API takes, or null where nobody is signed in. */
  async token(): Promise<string | null> {
    return (await this.#user())?.id_token ?? null;
  }

  /** By it a person asks the user pool about himself; the API does not take it. */
  async accessToken(): Promise<string | null> {
    return (await this.#user())?.access_token ?? null;
  }

  get userPool(): string {
    return this.#configuration.user_pool;
  }

  async renew(): Promise<string | null> {
    return (await this.#renewed())?.id_token ?? null;
  }

  async #user(): Promise<User | null> {
    const user = await this.#users.getUser();
    if (user && !user.expired) return user;
    return user?.refresh_token ? this.#renewed() : null;
  }

  async #renewed(): Promise<User | null> {
    try {
      return await this.#users.signinSilent();
    } catch {
      // The refresh token was revoked or is too old, so the person has to say again who he is.
      await this.#users.removeUser();
      return null;
    }
  }

  /** Leaves the page; whoever comes back stands where he was. */
  async signIn(): Promise<never> {
    const url = location.pathname + location.search;
    await this.#users.signinRedirect({ state: { url } });
    return new Promise<never>(() => undefined);
  }

  /** Redeems the code in the address. The answer is where the person wanted to go. */
  async completeSignIn(): Promise<string> {
    const user = await this.#users.signinRedirectCallback();
    const { url } = (user.state ?? {}) as { url?: string };
    return url?.startsWith("/") && !url.startsWith("//") && !url.startsWith("/callback") ? url : "/";
  }

  /** Cognito's own sign-out: its session and its refresh tokens end, too. */
  async signOut(): Promise<void> {
    await this.#users.removeUser();
    sessionStorage.setItem(SIGNED_OUT, "yes");
    const { login, client_id, logout_uri } = this.#configuration;
    location.assign(`${login}/logout?${new URLSearchParams({ client_id, logout_uri }).toString()}`);
  }

  /** True once after signing out, when the page should not ask to sign in again by itself. */
  takeSignedOut(): boolean {
    const signedOut = sessionStorage.getItem(SIGNED_OUT) !== null;
    sessionStorage.removeItem(SIGNED_OUT);
    return signedOut;
  }
}
