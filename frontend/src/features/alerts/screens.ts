import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/alerts",
    title: "Alerts",
    navigation: { section: "Reliability", place: 10 },
    keywords: ["anomalies", "incidents", "spikes"],
    load: () => import("./alerts-screen"),
  },
  { path: "/alerts/$id", title: "Alert", load: () => import("./alert-screen") },
];
