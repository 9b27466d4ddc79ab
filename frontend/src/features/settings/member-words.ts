import type { components } from "@/generated/api";

export type Member = components["schemas"]["UserOut"];
export type Role = Member["role"];

export const MEMBERS = ["/api/v1/users"] as const;

export const ROLES: readonly { value: Role; label: string; description: string }[] = [
  { value: "viewer", label: "Viewer", description: "Reads everything" },
  {
    value: "operator",
    label: "Operator",
    description: "Works on alerts and recommendations, proposes changes",
  },
  { value: "approver", label: "Approver", description: "Allows changes, too" },
  { value: "admin", label: "Admin", description: "Sets up accounts, people and rules, too" },
];

export function nameOf({ first_name, last_name }: Member): string {
  return [first_name, last_name].filter(Boolean).join(" ") || "–";
}
