import type { SideNavigationProps } from "@cloudscape-design/components/side-navigation";

import { type Screen, SECTIONS } from "@/lib/screens";
import type { Member } from "@/lib/session/member";

export function visibleTo(member: Member, screens: readonly Screen[]): Screen[] {
  return screens.filter(({ right }) => right === undefined || member.can(right));
}

export function navigationItems(screens: readonly Screen[]): SideNavigationProps.Item[] {
  return SECTIONS.flatMap((section): SideNavigationProps.Item[] => {
    const links = screens
      .filter(({ navigation }) => navigation?.section === section)
      .sort((one, other) => (one.navigation?.place ?? 0) - (other.navigation?.place ?? 0))
      .map(({ path, title }) => ({ type: "link" as const, href: path, text: title }));
    if (links.length === 0) return [];
    return section === "Overview" ? links : [{ type: "section-group", title: section, items: links }];
  });
}

/** The link that is lit for an address: the longest one that leads there. */
export function activeHref(screens: readonly Screen[], pathname: string): string {
  const candidates = screens
    .filter(({ navigation }) => navigation)
    .map(({ path }) => path)
    .filter((path) => pathname === path || (path !== "/" && pathname.startsWith(`${path}/`)));
  return candidates.sort((one, other) => other.length - one.length)[0] ?? "";
}
