import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/organization",
    title: "Hierarchy",
    navigation: { section: "Organization", place: 10 },
    keywords: ["business groups", "business units", "teams", "owners", "my team"],
    load: () => import("./hierarchy-screen"),
  },
  {
    path: "/organization/import",
    title: "Import the organisation",
    keywords: ["YAML", "Backstage", "catalog-info"],
    right: "administer",
    load: () => import("./import-screen"),
  },
  { path: "/teams/$id", title: "Team", load: () => import("./team-screen") },
  {
    path: "/services",
    title: "Service catalogue",
    navigation: { section: "Organization", place: 20 },
    keywords: ["services", "repositories", "documentation", "Backstage"],
    load: () => import("./services-screen"),
  },
];
