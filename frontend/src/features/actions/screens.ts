import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/actions",
    title: "Actions",
    navigation: { section: "Savings", place: 30 },
    keywords: ["changes", "executions", "rollback", "kill switch"],
    load: () => import("./actions-screen"),
  },
  { path: "/actions/$id", title: "Action", load: () => import("./action-screen") },
  {
    path: "/savings",
    title: "Realised savings",
    navigation: { section: "Savings", place: 40 },
    keywords: ["measured", "projected"],
    load: () => import("./savings-screen"),
  },
  {
    path: "/autonomy",
    title: "Autonomy",
    navigation: { section: "Savings", place: 50 },
    keywords: ["automation", "agent", "kill switch", "runs", "earned"],
    load: () => import("./autonomy-screen"),
  },
  {
    path: "/autonomy/considerations",
    title: "What it considered",
    keywords: ["considerations", "held", "acted"],
    load: () => import("./considerations-screen"),
  },
];
