import type { Screen } from "@/lib/screens";

export const screens: readonly Screen[] = [
  {
    path: "/violations",
    title: "Violations",
    navigation: { section: "Governance", place: 10 },
    keywords: ["policy violations", "security findings", "not compliant"],
    load: () => import("./violations-screen"),
  },
  {
    path: "/policies",
    title: "Policies",
    navigation: { section: "Governance", place: 20 },
    keywords: ["rules", "governance", "security checks"],
    load: () => import("./policies-screen"),
  },
  {
    path: "/policies/new",
    title: "New policy",
    right: "administer",
    load: async () => ({ Screen: (await import("./policy-form-screen")).NewPolicy }),
  },
  {
    path: "/policies/import",
    title: "Import policies of Cloud Custodian",
    keywords: ["c7n", "Custodian", "YAML"],
    right: "administer",
    load: () => import("./policy-import-screen"),
  },
  {
    path: "/policies/scans",
    title: "Policy scans",
    keywords: ["evaluate policies", "run a scan"],
    load: () => import("./policy-scans-screen"),
  },
  { path: "/policies/$id", title: "Policy", load: () => import("./policy-screen") },
  {
    path: "/policies/$id/edit",
    title: "Change a policy",
    right: "administer",
    load: () => import("./policy-form-screen"),
  },
  {
    path: "/exceptions",
    title: "Exceptions",
    navigation: { section: "Governance", place: 30 },
    keywords: ["waivers", "accepted risks", "approve an exception"],
    load: () => import("./exceptions-screen"),
  },
];
