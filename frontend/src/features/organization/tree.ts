import type { Organization, OwnedCost, TeamCost, TeamNode } from "./queries";

export interface Node {
  id: string;
  name: string;
  kind: "Business group" | "Business unit" | "Team" | "Nobody";
  href?: string;
  /** Of the last 30 days, a row per currency. */
  costs: OwnedCost[];
  services: number | null;
  accounts: number | null;
  leads: string[];
  children: Node[];
}

/** The hierarchy with what each of its parts costs; what nobody owns is the last line. */
export function treeOf(organization: Organization, costs: readonly TeamCost[]): Node[] {
  const groups = organization.business_groups.map((group): Node => {
    const children = group.business_units.map((unit): Node => {
      const teams = unit.teams.map((team) => teamNode(team, costs));
      return parent(unit, "Business unit", teams);
    });
    return parent(group, "Business group", children);
  });
  const unowned = costs.filter(({ team_id }) => team_id === null);
  return [
    ...groups,
    ...organization.teams.map((team) => teamNode(team, costs)),
    ...(unowned.length > 0 ? [nobody(unowned)] : []),
  ];
}

function teamNode(team: TeamNode, costs: readonly TeamCost[]): Node {
  return {
    id: team.id,
    name: team.name,
    kind: "Team",
    href: `/teams/${team.id}`,
    costs: costs.filter(({ team_id }) => team_id === team.id),
    services: team.service_count,
    accounts: team.account_count,
    leads: team.members.filter(({ role }) => role === "lead").map(({ email }) => email),
    children: [],
  };
}

function parent(
  entry: { id: string; name: string; service_count: number; account_count: number },
  kind: Node["kind"],
  children: Node[],
): Node {
  return {
    id: entry.id,
    name: entry.name,
    kind,
    costs: summed(children.flatMap(({ costs }) => costs)),
    services: entry.service_count,
    accounts: entry.account_count,
    leads: [],
    children,
  };
}

function nobody(costs: OwnedCost[]): Node {
  return {
    id: "unallocated",
    name: "Unallocated",
    kind: "Nobody",
    href: "/showback/unallocated",
    costs,
    services: null,
    accounts: null,
    leads: [],
    children: [],
  };
}

/** Per currency: amounts of different currencies are never added. */
export function summed(costs: readonly OwnedCost[]): OwnedCost[] {
  return [...Map.groupBy(costs, ({ currency }) => currency)].map(([currency, rows]) => ({
    currency,
    cost: total(rows, "cost"),
    direct_cost: total(rows, "direct_cost"),
    shared_cost: total(rows, "shared_cost"),
    previous_cost: total(rows, "previous_cost"),
  }));
}

type Amounts = Exclude<keyof OwnedCost, "currency">;

function total(rows: readonly OwnedCost[], amount: Amounts): string {
  return String(rows.reduce((sum, row) => sum + Number(row[amount]), 0));
}
