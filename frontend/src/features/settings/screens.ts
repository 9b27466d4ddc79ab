import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/settings",
    title: "Settings",
    navigation: { section: "Administration", place: 40 },
    keywords: ["profile", "name", "phone", "tenant", "currency", "two-step", "mfa", "authenticator"],
    load: () => import("./profile-screen"),
  },
  {
    path: "/settings/members",
    title: "Members and roles",
    keywords: ["people", "users", "invite", "invitation", "admin", "approver"],
    load: () => import("./members-screen"),
  },
  {
    path: "/settings/automation",
    title: "Automation settings",
    keywords: ["autonomy", "kill switch", "caps", "change window"],
    load: () => import("./automation-screen"),
  },
  {
    path: "/settings/limits",
    title: "Limits",
    keywords: ["thresholds", "alerts", "fixed limit"],
    load: () => import("./limits-screen"),
  },
  {
    path: "/settings/channels",
    title: "Notification channels",
    keywords: ["mail", "webhook", "slack", "notifications"],
    load: () => import("./channels-screen"),
  },
  {
    path: "/settings/tags",
    title: "Required tags",
    keywords: ["tagging", "compliance", "exemptions"],
    load: () => import("./tags-screen"),
  },
  {
    path: "/settings/retention",
    title: "Retention",
    keywords: ["archive", "how long", "restore"],
    load: () => import("./retention-screen"),
  },
];
