import { queryOptions } from "@tanstack/react-query";

import type { components } from "@/generated/api";
import { type Api, bodyOf } from "@/lib/api/client";
import { versioned } from "@/lib/api/versioned";

type Schemas = components["schemas"];

export type Organization = Schemas["OrganizationOut"];
export type Team = Schemas["TeamOut"];
export type TeamNode = Schemas["TeamNode"];
export type Service = Schemas["ServiceOut"];
export type Member = Schemas["MemberOut"];
export type TeamCost = Schemas["TeamCost"];
/** The parts that every cost of the last 30 days has, whoever bears it. */
export type OwnedCost = Pick<TeamCost, "currency" | "cost" | "direct_cost" | "shared_cost" | "previous_cost">;

export function organizationOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/organization"],
    queryFn: ({ signal }) =>
      // Only who asks for it gets the YAML, which is the other form of this answer.
      bodyOf(api.GET("/api/v1/organization", { signal }) as Promise<{ data?: Organization }>),
  });
}

export function teamCostsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/costs/by_team", {}],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/costs/by_team", { signal })),
  });
}

export function serviceCostsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/costs/by_service", {}],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/costs/by_service", { signal })),
  });
}

export function teamOf(api: Api, id: string) {
  return queryOptions({
    queryKey: ["/api/v1/teams", id],
    queryFn: ({ signal }) =>
      versioned(api.GET("/api/v1/teams/{team_id}", { params: { path: { team_id: id } }, signal })),
  });
}

export function membersOf(api: Api, id: string) {
  const params = { path: { team_id: id }, query: { limit: 1000 } };
  return queryOptions({
    queryKey: ["/api/v1/teams", id, "members"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/teams/{team_id}/members", { params, signal })),
  });
}

export function servicesOfTeam(api: Api, id: string) {
  const query = { team_id: id, limit: 1000 };
  return queryOptions({
    queryKey: ["/api/v1/services", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/services", { params: { query }, signal })),
  });
}

export function untaggedOf(api: Api, team: string) {
  const query = { team, limit: 10 };
  return queryOptions({
    queryKey: ["/api/v1/compliance/untagged", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/compliance/untagged", { params: { query }, signal })),
  });
}

export function usersOf(api: Api) {
  const query = { limit: 1000 };
  return queryOptions({
    queryKey: ["/api/v1/users", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/users", { params: { query }, signal })),
  });
}

/** The teams of a tree, those outside the hierarchy last. */
export function teamsIn(organization: Organization): TeamNode[] {
  const inside = organization.business_groups.flatMap(({ business_units }) =>
    business_units.flatMap(({ teams }) => teams),
  );
  return [...inside, ...organization.teams];
}
