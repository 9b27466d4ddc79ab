import "@/styles/base.css";
import "@/generated/theme.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "@/app/app";
import { Entrance } from "@/app/entrance";
import { bodyOf, createApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import { makeQueries } from "@/lib/api/queries";
import { readConfiguration } from "@/lib/configuration";
import { Session } from "@/lib/session/session";
import { adoptTenantOfLink } from "@/lib/session/tenant";

const element = document.getElementById("root");
if (!element) throw new Error("the page has no root");
const root = createRoot(element);

async function start(): Promise<void> {
  const session = new Session(await readConfiguration());
  if (location.pathname === "/callback") history.replaceState(null, "", await session.completeSignIn());
  const address = adoptTenantOfLink(new URL(location.href));
  history.replaceState(history.state, "", address);
  if ((await session.token()) === null) {
    if (!session.takeSignedOut()) await session.signIn();
    root.render(
      <Entrance
        title="You are signed out"
        detail="Close this window, or sign in again."
        action={{ text: "Sign in", run: () => void session.signIn() }}
      />,
    );
    return;
  }
  const api = createApi(await readConfiguration(), session);
  const queries = makeQueries();
  const profile = await queries.query({
    queryKey: ["/api/v1/me"],
    queryFn: () => bodyOf(api.GET("/api/v1/me")),
  });
  root.render(
    <StrictMode>
      <App session={session} api={api} queries={queries} profile={profile} />
    </StrictMode>,
  );
}

start().catch((error: unknown) => {
  const { title, detail } = problemOf(error);
  root.render(
    <Entrance
      title={title}
      detail={detail}
      action={{ text: "Try again", run: () => location.assign("/") }}
    />,
  );
});
