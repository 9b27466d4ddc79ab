import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/costs",
    title: "Cost explorer",
    navigation: { section: "Cost", place: 10 },
    keywords: ["spend", "bill", "services", "regions", "tags", "drill down"],
    load: () => import("./explorer-screen"),
  },
  {
    path: "/showback",
    title: "Cost by owner",
    navigation: { section: "Cost", place: 20 },
    keywords: ["showback", "chargeback", "teams", "business units", "unallocated"],
    load: () => import("./showback-screen"),
  },
  { path: "/showback/$team", title: "Cost of a team", load: () => import("./team-screen") },
];
