import Tabs from "@cloudscape-design/components/tabs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useLocation, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { Page } from "@/components/page";

const TABS = [
  { id: "/settings", label: "Profile and tenant" },
  { id: "/settings/members", label: "Members" },
  { id: "/settings/automation", label: "Automation" },
  { id: "/settings/limits", label: "Limits" },
  { id: "/settings/channels", label: "Channels" },
  { id: "/settings/tags", label: "Required tags" },
  { id: "/settings/retention", label: "Retention" },
];

interface SettingsPageProps {
  title: string;
  description: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of all settings: one page each, a tab for each. */
export function SettingsPage({ title, description, actions, children }: SettingsPageProps) {
  const navigate = useNavigate();
  const pathname = useLocation({ select: (location) => location.pathname });
  return (
    <Page title={title} description={description} actions={actions} freshness="As of now">
      <Tabs
        ariaLabel="Settings"
        activeTabId={pathname}
        tabs={TABS.map((tab) => ({
          ...tab,
          href: tab.id,
          content: tab.id === pathname && <SpaceBetween size="m">{children}</SpaceBetween>,
        }))}
        onChange={({ detail }) => void navigate({ to: detail.activeTabId as never })}
        i18nStrings={{ scrollLeftAriaLabel: "Earlier tabs", scrollRightAriaLabel: "Later tabs" }}
      />
    </Page>
  );
}
