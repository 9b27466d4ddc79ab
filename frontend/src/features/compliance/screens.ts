import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/compliance",
    title: "Tag compliance",
    navigation: { section: "Governance", place: 40 },
    keywords: ["tags", "score", "coverage of tags"],
    load: () => import("./compliance-screen"),
  },
  {
    path: "/compliance/untagged",
    title: "Untagged resources",
    navigation: { section: "Governance", place: 50 },
    keywords: ["missing tags", "unallocated"],
    load: () => import("./untagged-screen"),
  },
  {
    path: "/compliance/tag-proposals",
    title: "Tag proposals",
    navigation: { section: "Governance", place: 60 },
    keywords: ["suggested tags", "virtual tags"],
    load: () => import("./proposals-screen"),
  },
  {
    path: "/compliance/required-tags",
    title: "Required tags",
    keywords: ["tag policy", "allowed values", "exemptions"],
    load: () => import("./required-tags-screen"),
  },
];
