import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/data-sources",
    title: "Data sources",
    navigation: { section: "Administration", place: 20 },
    keywords: ["cur", "focus", "cost explorer", "exports", "bills", "ingestion"],
    load: () => import("./sources-screen"),
  },
  { path: "/data-sources/$id", title: "Data source", load: () => import("./source-screen") },
  {
    path: "/deliveries",
    title: "Deliveries",
    navigation: { section: "Administration", place: 21 },
    keywords: ["bills", "quarantine", "exports", "restated", "versions"],
    load: () => import("./deliveries-screen"),
  },
  { path: "/deliveries/$id", title: "Delivery", load: () => import("./delivery-screen") },
  {
    path: "/reconciliation",
    title: "Reconciliation",
    navigation: { section: "Administration", place: 22 },
    keywords: ["cost explorer", "differences", "shadow", "agree"],
    load: () => import("./reconciliation-screen"),
  },
];
