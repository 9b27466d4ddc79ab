import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { SessionContext } from "@/lib/session/session-context";
import { InMemoryApi } from "@/testing/in-memory-api";
import { renderScreen } from "@/testing/render-screen";

import { TwoStepSection } from "./two-step-section";

const KEY = "ABCDEFGHIJKLMNOP";
const REFUSED = { __type: "EnableSoftwareTokenMFAException", message: "Code mismatch" };

/** The section before a pool that answers each operation by what is planned for it next; the last answer stays. */
function show(plan: Record<string, unknown[]>) {
  const asked: string[] = [];
  const session = {
    userPool: "https://pool.example",
    accessToken: () => Promise.resolve("access"),
    signIn: vi.fn(() => new Promise(() => undefined)),
  };
  renderScreen(
    () => (
      <SessionContext value={session as never}>
        <TwoStepSection />
      </SessionContext>
    ),
    { api: new InMemoryApi(), path: "/settings" },
  );
  vi.stubGlobal("fetch", (_address: string, request: RequestInit) => {
    const operation = new Headers(request.headers).get("x-amz-target")?.split(".")[1] ?? "";
    asked.push(operation);
    const answers = plan[operation] ?? [{}];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) return Promise.reject(answer);
    const refused = typeof answer === "object" && answer !== null && "__type" in answer;
    return Promise.resolve(Response.json(answer, { status: refused ? 400 : 200 }));
  });
  return { asked, session };
}

async function enter(code: string): Promise<void> {
  const field = screen.getByRole("textbox", { name: "Code" });
  await userEvent.clear(field);
  await userEvent.type(field, code);
  await userEvent.click(screen.getByRole("button", { name: "Turn on" }));
}

test("a wrong code is said at its field, and the right one turns it on", async () => {
  const { asked } = show({
    GetUser: [{}, { UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] }],
    AssociateSoftwareToken: [{ SecretCode: KEY }],
    VerifySoftwareToken: [REFUSED, { Status: "SUCCESS" }],
  });

  await userEvent.click(await screen.findByRole("button", { name: "Set up" }));
  expect(await screen.findByText("ABCD EFGH IJKL MNOP")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Turn on" })).toBeDisabled();
  await enter("111111");
  expect(await screen.findByText(/That is not the code/)).toBeInTheDocument();
  await enter("222 222");

  expect(await screen.findByText("Two-step sign-in is on")).toBeInTheDocument();
  expect(await screen.findByRole("button", { name: "Turn off" })).toBeInTheDocument();
  expect(asked).toEqual([
    "GetUser",
    "AssociateSoftwareToken",
    "VerifySoftwareToken",
    "GetUser",
    "VerifySoftwareToken",
    "SetUserMFAPreference",
    "GetUser",
  ]);
});

test("a code that was taken is not sent again when what follows it fails", async () => {
  const { asked } = show({
    GetUser: [{}],
    AssociateSoftwareToken: [{ SecretCode: KEY }],
    SetUserMFAPreference: [new TypeError("Failed to fetch"), {}],
  });
  await userEvent.click(await screen.findByRole("button", { name: "Set up" }));
  await screen.findByText("ABCD EFGH IJKL MNOP");

  await enter("111111");
  expect(await screen.findByText("The sign-in service does not answer")).toBeInTheDocument();
  await enter("111111");

  expect(await screen.findByText("Two-step sign-in is on")).toBeInTheDocument();
  expect(asked.filter((operation) => operation === "VerifySoftwareToken")).toHaveLength(1);
});

test("turning it off is asked once more", async () => {
  const { asked } = show({ GetUser: [{ UserMFASettingList: ["SOFTWARE_TOKEN_MFA"] }, {}] });

  await userEvent.click(await screen.findByRole("button", { name: "Turn off" }));
  expect(asked).toEqual(["GetUser"]);
  const [, confirm] = screen.getAllByRole("button", { name: "Turn off" });
  if (!confirm) throw new Error("nothing asks once more");
  await userEvent.click(confirm);

  expect(await screen.findByText("Off: your password alone is enough")).toBeInTheDocument();
});

test("who signed in before it was offered is led to sign in again", async () => {
  const { session } = show({
    GetUser: [{ __type: "NotAuthorizedException", message: "Access Token does not have required scopes" }],
  });

  await userEvent.click(await screen.findByRole("button", { name: "Sign in again" }));

  await waitFor(() => expect(session.signIn).toHaveBeenCalledOnce());
  expect(screen.queryByRole("button", { name: "Set up" })).not.toBeInTheDocument();
});
