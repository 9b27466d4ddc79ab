import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/",
    title: "Overview",
    navigation: { section: "Overview", place: 0 },
    keywords: ["dashboard", "home", "spend"],
    load: () => import("./overview-screen"),
  },
];
