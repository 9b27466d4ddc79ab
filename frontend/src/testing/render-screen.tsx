import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";

import { NotificationBar, NotificationsProvider } from "@/components/feedback/notifications";
import { ApiContext } from "@/lib/api/client";
import { MemberContext, type Profile, type Role } from "@/lib/session/member";
import { parseSearch, stringifySearch } from "@/lib/url-state";

import type { InMemoryApi } from "./in-memory-api";

interface Options {
  api: InMemoryApi;
  /** The path with its `$parameters`, e.g. "/alerts/$id". */
  path: string;
  /** Where the browser stands. */
  at?: string;
  role?: Role;
}

/** A screen as the application shows it, without the shell. The answer tells the address that it leads to. */
export function renderScreen(Screen: () => ReactNode, { api, path, at = path, role = "operator" }: Options) {
  const history = createMemoryHistory({ initialEntries: [at] });
  const root = createRootRoute({ component: Outlet });
  const route = createRoute({
    getParentRoute: () => root,
    path,
    validateSearch: (search: Record<string, string>) => search,
    component: Screen,
  });
  const router = createRouter({
    routeTree: root.addChildren([route]),
    history,
    parseSearch,
    stringifySearch,
  });
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  render(
    <ApiContext value={api.client()}>
      <MemberContext value={member(role)}>
        <QueryClientProvider client={queries}>
          <NotificationsProvider>
            <NotificationBar />
            <RouterProvider router={router as never} />
          </NotificationsProvider>
        </QueryClientProvider>
      </MemberContext>
    </ApiContext>,
  );
  return { history, address: () => history.location.href };
}

function member(role: Role): Profile {
  const tenant = { id: "t", name: "Acme", role, current: true };
  return {
    id: "u",
    tenant_id: "t",
    email: "ann@acme.example",
    role,
    tenants: [tenant],
  } as unknown as Profile;
}
