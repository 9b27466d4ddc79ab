import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect } from "react";

import { NotificationsProvider } from "@/components/feedback/notifications";
import { type Api, ApiContext } from "@/lib/api/client";
import { Problem } from "@/lib/api/problem";
import { MemberContext, type Profile } from "@/lib/session/member";
import type { Session } from "@/lib/session/session";
import { SessionContext } from "@/lib/session/session-context";

import { SCREENS } from "./features";
import { followLinks } from "./follow-links";
import { makeRouter } from "./router";

const MINUTE = 60_000;

const router = makeRouter(SCREENS);

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: MINUTE / 2,
      // A refusal stays one; what may have been bad luck is tried again.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof Problem && error.status > 0 && error.status < 429),
    },
  },
});

interface AppProps {
  session: Session;
  api: Api;
  profile: Profile;
}

export function App({ session, api, profile }: AppProps) {
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
