import TopNavigation, { type TopNavigationProps } from "@cloudscape-design/components/top-navigation";

import { type Density, type Theme, useAppearance } from "@/lib/preferences";
import { useMember } from "@/lib/session/member";
import { useSession } from "@/lib/session/session-context";
import { chooseTenant } from "@/lib/session/tenant";
import { sentenceCase } from "@/lib/format/words";

interface TopBarProps {
  onSearch: () => void;
  onShortcuts: () => void;
}

export function TopBar({ onSearch, onShortcuts }: TopBarProps) {
  const session = useSession();
  const { profile } = useMember();
  const { theme, setTheme, density, setDensity } = useAppearance();
  const current = profile.tenants.find((tenant) => tenant.current);
  const tenants: TopNavigationProps.Utility = {
    type: "menu-dropdown",
    iconName: "multiscreen",
    text: current?.name ?? "Tenant",
    ariaLabel: `Tenant ${current?.name ?? ""}`,
    items: profile.tenants.map(({ id, name, role }) => ({
      id,
      text: name,
      secondaryText: sentenceCase(role),
      disabled: id === profile.tenant_id,
    })),
    onItemClick: ({ detail }) => {
      chooseTenant(detail.id);
      // What is on the page belongs to the other tenant, so nothing of it may stay.
      location.assign("/");
    },
  };
  return (
    <TopNavigation
      identity={{ href: "/", title: "Guardrails", logo: { src: "/favicon.svg", alt: "CloudOps" } }}
      i18nStrings={{
        overflowMenuTriggerText: "More",
        overflowMenuTitleText: "All",
        searchIconAriaLabel: "Search",
      }}
      utilities={[
        {
          type: "button",
          iconName: "search",
          text: "Search",
          ariaLabel: "Search (Ctrl K)",
          onClick: onSearch,
        },
        tenants,
        {
          type: "menu-dropdown",
          iconName: "settings",
          ariaLabel: "Appearance",
          title: "Appearance",
          items: [
            { text: "Theme", items: choices<Theme>("theme", ["system", "light", "dark"], theme) },
            { text: "Density", items: choices<Density>("density", ["comfortable", "compact"], density) },
          ],
          onItemClick: ({ detail }) => {
            const [what, value] = detail.id.split(":");
            if (what === "theme") setTheme(value as Theme);
            else setDensity(value as Density);
          },
        },
        {
          type: "menu-dropdown",
          iconName: "user-profile",
          text: profile.first_name ?? profile.email.split("@")[0],
          description: `${profile.email} (${profile.role}${profile.finance_approver ? ", approves for finance" : ""})`,
          items: [
            { id: "shortcuts", text: "Keyboard shortcuts" },
            { id: "sign-out", text: "Sign out" },
          ],
          onItemClick: ({ detail }) => {
            if (detail.id === "shortcuts") onShortcuts();
            else void session.signOut();
          },
        },
      ]}
    />
  );
}

function choices<T extends string>(what: string, values: readonly T[], chosen: T) {
  return values.map((value) => ({
    id: `${what}:${value}`,
    text: sentenceCase(value),
    itemType: "checkbox" as const,
    checked: value === chosen,
  }));
}
