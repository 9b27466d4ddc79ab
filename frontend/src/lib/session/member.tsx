import { createContext, useContext } from "react";

import type { components } from "@/generated/api";

export type Profile = components["schemas"]["ProfileOut"];
export type Role = Profile["role"];

const RANKS: Record<Role, number> = { viewer: 1, operator: 2, approver: 3, admin: 4 };

/** What people do here, with the least role that the API asks for it. */
const LEAST_ROLE = {
  operate: "operator",
  approve: "approver",
  administer: "admin",
} as const satisfies Record<string, Role>;

export type Right = keyof typeof LEAST_ROLE;

export function allows(role: Role, right: Right): boolean {
  return RANKS[role] >= RANKS[LEAST_ROLE[right]];
}

export const MemberContext = createContext<Profile | null>(null);

export interface Member {
  profile: Profile;
  /** Hides what the API would refuse; the API refuses it nevertheless. */
  can: (right: Right) => boolean;
}

export function useMember(): Member {
  const profile = useContext(MemberContext);
  if (!profile) throw new Error("nobody is signed in here");
  return { profile, can: (right) => allows(profile.role, right) };
}
