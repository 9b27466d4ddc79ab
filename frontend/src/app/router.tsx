import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import type { Screen } from "@/lib/screens";
import { parseSearch, stringifySearch } from "@/lib/url-state";

import { NotFound, ScreenFailed, ScreenLoading } from "./fallbacks";
import { Shell } from "./shell";

export function makeRouter(screens: readonly Screen[]) {
  const root = createRootRoute({
    component: Shell,
    notFoundComponent: NotFound,
    errorComponent: ScreenFailed,
  });
  const routes = screens.map(({ path, load }) =>
    createRoute({
      getParentRoute: () => root,
      path,
      validateSearch: (search: Record<string, string>) => search,
      component: lazyRouteComponent(load, "Screen"),
    }),
  );
  return createRouter({
    routeTree: root.addChildren(routes),
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPendingComponent: ScreenLoading,
    defaultErrorComponent: ScreenFailed,
    scrollRestoration: true,
  });
}

export type AppRouter = ReturnType<typeof makeRouter>;

declare module "@tanstack/react-router" {
  interface Register {
    router: AppRouter;
  }
}
