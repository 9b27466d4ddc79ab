import AppLayout from "@cloudscape-design/components/app-layout";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";

import { NotificationBar } from "@/components/feedback/notifications";
import { isNarrow } from "@/lib/narrow";
import { useMember } from "@/lib/session/member";

import { useAppliedAppearance } from "./appearance";
import { SCREENS } from "./features";
import { activeHref, navigationItems, visibleTo } from "./navigation";
import { useShortcuts } from "./shortcuts";
import { TopBar } from "./top-bar";

const importPalette = () => import("./palette");
const Palette = lazy(async () => ({ default: (await importPalette()).Palette }));
/** When the first screen stands; until then nobody has found the key. */
const PALETTE_AFTER_MS = 2_000;
const ShortcutHelp = lazy(async () => ({ default: (await import("./shortcut-help")).ShortcutHelp }));

export function Shell() {
  useAppliedAppearance();
  const member = useMember();
  const pathname = useLocation({ select: (location) => location.pathname });
  const [navigationOpen, setNavigationOpen] = useState(() => !isNarrow());
  const [opened, setOpened] = useState<"palette" | "shortcuts" | null>(null);
  const screens = visibleTo(member, SCREENS);
  useEffect(() => {
    // What is typed right after the key must not be lost while the palette is being loaded.
    const timer = setTimeout(() => void importPalette(), PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  useShortcuts({ onPalette: () => setOpened("palette"), onHelp: () => setOpened("shortcuts") });
  return (
    <>
      <div id="top-bar">
        <TopBar onSearch={() => setOpened("palette")} onShortcuts={() => setOpened("shortcuts")} />
      </div>
      <AppLayout
        headerSelector="#top-bar"
        toolsHide
        navigationWidth={232}
        navigationOpen={navigationOpen}
        onNavigationChange={({ detail }) => setNavigationOpen(detail.open)}
        navigation={
          <SideNavigation
            activeHref={activeHref(screens, pathname)}
            items={navigationItems(screens)}
            onFollow={() => {
              if (isNarrow()) setNavigationOpen(false);
            }}
          />
        }
        notifications={<NotificationBar />}
        stickyNotifications
        maxContentWidth={1760}
        content={<Outlet />}
        ariaLabels={{
          navigation: "Main navigation",
          navigationToggle: "Open navigation",
          navigationClose: "Close navigation",
          notifications: "Notifications",
        }}
      />
      <Suspense>
        {opened === "palette" && <Palette screens={screens} onClose={() => setOpened(null)} />}
        {opened === "shortcuts" && <ShortcutHelp onClose={() => setOpened(null)} />}
      </Suspense>
    </>
  );
}
