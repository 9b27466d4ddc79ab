import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/approvals",
    title: "Approvals",
    navigation: { section: "Savings", place: 20 },
    keywords: ["approve", "reject", "waiting", "pending"],
    load: () => import("./approvals-screen"),
  },
  { path: "/approvals/$id", title: "Approval", load: () => import("./approval-screen") },
];
