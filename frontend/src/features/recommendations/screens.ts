import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/recommendations",
    title: "Recommendations",
    navigation: { section: "Savings", place: 10 },
    keywords: ["savings", "waste", "rightsizing", "idle", "findings"],
    load: () => import("./recommendations-screen"),
  },
  {
    path: "/recommendations/coverage",
    title: "Why flagged or not",
    navigation: { section: "Savings", place: 60 },
    keywords: ["coverage", "ledger", "checks", "not flagged", "missing permission"],
    load: () => import("./coverage-screen"),
  },
  {
    path: "/recommendations/accepted",
    title: "Accepted findings",
    navigation: { section: "Savings", place: 70 },
    keywords: ["exceptions", "suppressed", "ignored"],
    load: () => import("./accepted-screen"),
  },
  { path: "/recommendations/$id", title: "Recommendation", load: () => import("./recommendation-screen") },
];
