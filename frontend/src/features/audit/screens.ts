import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/audit",
    title: "Audit trail",
    navigation: { section: "Administration", place: 30 },
    keywords: ["events", "log", "history", "who did", "verify", "chain"],
    load: () => import("./audit-screen"),
  },
];
