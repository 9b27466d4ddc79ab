import { Problem } from "@/lib/api/problem";

import type { Session } from "./session";

/** What is asked of the session, so that tests can stand in for it. */
export type Asking = Pick<Session, "accessToken" | "signIn" | "userPool">;

const FACTOR = "SOFTWARE_TOKEN_MFA";
const TARGET = "AWSCognitoIdentityProviderService";
const SIGN_IN_AGAIN = 401;

/** Whether signing in asks for a code of an authenticator app. */
export async function secondFactorIsOn(asking: Asking, signal?: AbortSignal): Promise<boolean> {
  const user = await ask<{ UserMFASettingList?: string[] }>(asking, "GetUser", {}, signal);
  return user.UserMFASettingList?.includes(FACTOR) ?? false;
}

/** A new key for an app. It counts for nothing before a code of it is verified. */
export async function newKey(asking: Asking): Promise<string> {
  return (await ask<{ SecretCode: string }>(asking, "AssociateSoftwareToken")).SecretCode;
}

/** Shows that the app has the key. Nothing is turned on by that. */
export async function verifyCode(asking: Asking, code: string): Promise<void> {
  await ask(asking, "VerifySoftwareToken", { UserCode: code, FriendlyDeviceName: "Authenticator app" });
}

export async function turnSecondFactor(asking: Asking, to: "on" | "off"): Promise<void> {
  const on = to === "on";
  await ask(asking, "SetUserMFAPreference", {
    SoftwareTokenMfaSettings: { Enabled: on, PreferredMfa: on },
  });
}

/** Whether only another sign-in helps: the token is over, or was given before it could do this. */
export function asksToSignInAgain(error: unknown): boolean {
  return error instanceof Problem && error.status === SIGN_IN_AGAIN;
}

async function ask<Answer>(
  asking: Asking,
  operation: string,
  parameters: Record<string, unknown> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  const token = (await asking.accessToken()) ?? (await asking.signIn());
  const answer = await post(`${asking.userPool}/`, {
    method: "POST",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `${TARGET}.${operation}` },
    body: JSON.stringify({ AccessToken: token, ...parameters }),
    signal: signal ?? null,
  });
  if (!answer.ok) throw await refusalOf(answer);
  return (await answer.json()) as Answer;
}

async function post(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Problem({
      status: 0,
      title: "The sign-in service does not answer",
      detail: "Check your connection and try again.",
    });
  }
}

async function refusalOf(answer: Response): Promise<Problem> {
  const { status } = answer;
  const told = (await answer.json().catch(() => ({}))) as { __type?: string; message?: string };
  const message = told.message ?? "";
  switch (told.__type?.split("#").at(-1)) {
    case "NotAuthorizedException":
      return new Problem({
        status: SIGN_IN_AGAIN,
        title: "Sign in again first",
        detail: message.includes("scopes")
          ? "You signed in before two-step sign-in was offered here."
          : "Your sign-in is over.",
      });
    case "EnableSoftwareTokenMFAException":
    case "CodeMismatchException":
    case "ExpiredCodeException":
      return new Problem({
        status,
        title: "The code is not right",
        fields: {
          code: "That is not the code. Enter the one that the app shows now; if none is right, the phone's clock is wrong.",
        },
      });
    case "LimitExceededException":
    case "TooManyRequestsException":
      return new Problem({ status: 429, title: "Too many tries", detail: "Wait a little and try again." });
    default:
      return new Problem({
        status,
        title: status < 500 ? "The sign-in service refuses it" : "The sign-in service has a fault",
        detail: message,
      });
  }
}
