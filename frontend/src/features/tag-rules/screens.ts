import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/tag-rules",
    title: "Tag rules",
    navigation: { section: "Organization", place: 30 },
    keywords: ["normalization", "tags", "RE2"],
    load: () => import("./tag-rules-screen"),
  },
  {
    path: "/tag-rules/new",
    title: "New tag rule",
    keywords: ["preview a tag rule"],
    load: async () => ({ Screen: (await import("./tag-rule-screen")).NewRule }),
  },
  { path: "/tag-rules/$id", title: "Tag rule", load: () => import("./tag-rule-screen") },
  {
    path: "/attribution-rules",
    title: "Attribution rules",
    navigation: { section: "Organization", place: 40 },
    keywords: ["owner", "allocation", "team", "showback"],
    load: () => import("./attribution-rules-screen"),
  },
  {
    path: "/attribution-rules/new",
    title: "New attribution rule",
    load: async () => ({ Screen: (await import("./attribution-rule-screen")).NewRule }),
  },
  {
    path: "/attribution-rules/$id",
    title: "Attribution rule",
    load: () => import("./attribution-rule-screen"),
  },
  {
    path: "/split-rules",
    title: "Shared costs",
    navigation: { section: "Organization", place: 50 },
    keywords: ["split rules", "tax", "support", "chargeback"],
    load: () => import("./split-rules-screen"),
  },
  {
    path: "/split-rules/new",
    title: "New split rule",
    load: async () => ({ Screen: (await import("./split-rule-screen")).NewRule }),
  },
  { path: "/split-rules/$id", title: "Split rule", load: () => import("./split-rule-screen") },
  {
    path: "/attribution",
    title: "Whose cost is it?",
    navigation: { section: "Organization", place: 60 },
    keywords: ["explain attribution", "which rule", "charge", "resource owner"],
    load: () => import("./explanation-screen"),
  },
];
