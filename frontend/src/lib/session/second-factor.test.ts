import { expect, test, vi } from "vitest";

import { type Problem, problemOf } from "@/lib/api/problem";

import {
  type Asking,
  asksToSignInAgain,
  newKey,
  secondFactorIsOn,
  turnSecondFactor,
  verifyCode,
} from "./second-factor";

const ADDRESS = "https://cognito-idp.eu-west-1.amazonaws.com";

function asking(token: string | null = "access"): Asking & { signIn: ReturnType<typeof vi.fn> } {
  return {
    userPool: ADDRESS,
    accessToken: () => Promise.resolve(token),
    signIn: vi.fn(() => Promise.reject(new Error("left the page"))),
  };
}

/** What the pool is asked, while it gives this answer. */
function pool(answer: unknown, status = 200) {
  const asked: { address: string; target: string; type: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", (address: string, request: RequestInit) => {
    const headers = new Headers(request.headers);
    asked.push({
      address,
      target: headers.get("x-amz-target") ?? "",
      type: headers.get("content-type") ?? "",
      body: JSON.parse(request.body as string),
    });
    return Promise.resolve(answer instanceof Response ? answer : Response.json(answer, { status }));
  });
  return asked;
}

async function problemFrom(call: Promise<unknown>): Promise<Problem> {
  return call.then(
    () => Promise.reject(new Error("nothing was refused")),
    (error: unknown) => problemOf(error),
  );
}

test.each([
  [{ UserMFASettingList: ["SOFTWARE_TOKEN_MFA"], PreferredMfaSetting: "SOFTWARE_TOKEN_MFA" }, true],
  [{ UserMFASettingList: [] }, false],
  [{ Username: "u" }, false],
])("whether it is on is what the pool says: %j", async (user, on) => {
  const asked = pool(user);

  expect(await secondFactorIsOn(asking())).toBe(on);
  expect(asked).toEqual([
    {
      address: `${ADDRESS}/`,
      target: "AWSCognitoIdentityProviderService.GetUser",
      type: "application/x-amz-json-1.1",
      body: { AccessToken: "access" },
    },
  ]);
});

test("a key is asked for, verified and preferred by calls of their own", async () => {
  const asked = pool({ SecretCode: "ABCD" });

  const key = await newKey(asking());
  await verifyCode(asking(), "123456");
  await turnSecondFactor(asking(), "on");
  await turnSecondFactor(asking(), "off");

  expect(key).toBe("ABCD");
  expect(asked.map(({ target, body }) => [target.split(".")[1], body])).toEqual([
    ["AssociateSoftwareToken", { AccessToken: "access" }],
    [
      "VerifySoftwareToken",
      { AccessToken: "access", UserCode: "123456", FriendlyDeviceName: "Authenticator app" },
    ],
    [
      "SetUserMFAPreference",
      { AccessToken: "access", SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } },
    ],
    [
      "SetUserMFAPreference",
      { AccessToken: "access", SoftwareTokenMfaSettings: { Enabled: false, PreferredMfa: false } },
    ],
  ]);
});

test.each(["EnableSoftwareTokenMFAException", "CodeMismatchException", "ExpiredCodeException"])(
  "%s is said at the code",
  async (type) => {
    pool({ __type: type, message: "Code mismatch" }, 400);

    const problem = await problemFrom(verifyCode(asking(), "123456"));

    expect(problem.fields["code"]).toMatch(/^That is not the code/);
  },
);

test.each([
  ["Access Token has expired", "Your sign-in is over."],
  ["Access Token does not have required scopes", "You signed in before two-step sign-in was offered here."],
])("whoever is not let in is asked to sign in again: %s", async (message, detail) => {
  pool({ __type: "NotAuthorizedException", message }, 400);

  const problem = await problemFrom(secondFactorIsOn(asking()));

  expect(asksToSignInAgain(problem)).toBe(true);
  expect(problem.detail).toBe(detail);
});

test("without a token nothing is asked, and the person signs in", async () => {
  const asked = pool({});
  const nobody = asking(null);

  await expect(secondFactorIsOn(nobody)).rejects.toThrow("left the page");

  expect(nobody.signIn).toHaveBeenCalledOnce();
  expect(asked).toEqual([]);
});

test.each([
  [{ __type: "x#TooManyRequestsException", message: "slow" }, 400, "Too many tries", 429],
  [
    { __type: "InvalidParameterException", message: "No such thing" },
    400,
    "The sign-in service refuses it",
    400,
  ],
  [new Response("<html>", { status: 503 }), 503, "The sign-in service has a fault", 503],
])("other refusals say what they are: %j", async (answer, status, title, expected) => {
  pool(answer, status);

  const problem = await problemFrom(newKey(asking()));

  expect([problem.title, problem.status]).toEqual([title, expected]);
  expect(asksToSignInAgain(problem)).toBe(false);
});

test("where there is no answer, it is said so", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));

  const problem = await problemFrom(newKey(asking()));

  expect([problem.title, problem.status]).toEqual(["The sign-in service does not answer", 0]);
});
