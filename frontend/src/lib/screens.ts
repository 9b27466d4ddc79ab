import type { ComponentType } from "react";

import type { Right } from "@/lib/session/member";

/** The groups of the navigation, in their order. */
export const SECTIONS = [
  "Overview",
  "Cost",
  "Reliability",
  "Savings",
  "Governance",
  "Organization",
  "Administration",
] as const;

export type Section = (typeof SECTIONS)[number];

/** A page of the UI. `path` is TanStack Router's, e.g. "/alerts/$id". */
export interface Screen {
  path: string;
  title: string;
  load: () => Promise<{ Screen: ComponentType }>;
  /** Absent for pages that are reached from others. The lower `place` stands higher. */
  navigation?: { section: Section; place: number };
  /** Other words under which the command palette finds it. */
  keywords?: readonly string[];
  /** Left out of navigation and palette for people without it. */
  right?: Right;
}
