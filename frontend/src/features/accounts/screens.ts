import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/accounts",
    title: "Cloud accounts",
    navigation: { section: "Administration", place: 10 },
    keywords: ["aws", "roles", "onboarding", "permissions", "external id"],
    load: () => import("./accounts-screen"),
  },
  {
    path: "/accounts/connect",
    title: "Connect an account",
    right: "administer",
    keywords: ["add account", "onboarding"],
    load: () => import("./connect-screen"),
  },
  { path: "/accounts/$id", title: "Cloud account", load: () => import("./account-screen") },
];
