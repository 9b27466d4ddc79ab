import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";

import { NotificationsProvider } from "@/components/feedback/notifications";
import { type Api, ApiContext } from "@/lib/api/client";
import { MemberContext, type Profile } from "@/lib/session/member";
import type { Session } from "@/lib/session/session";
import { SessionContext } from "@/lib/session/session-context";

import { SCREENS } from "./features";
import { followLinks } from "./follow-links";
import { makeRouter } from "./router";

const router = makeRouter(SCREENS);

interface AppProps {
  session: Session;
  api: Api;
  queries: QueryClient;
  profile: Profile;
}

export function App({ session, api, queries, profile }: AppProps) {
  useEffect(() => followLinks(router), []);
  return (
    <SessionContext value={session}>
      <ApiContext value={api}>
        <MemberContext value={profile}>
          <QueryClientProvider client={queries}>
            <NotificationsProvider>
              <RouterProvider router={router} />
            </NotificationsProvider>
          </QueryClientProvider>
        </MemberContext>
      </ApiContext>
    </SessionContext>
  );
}
