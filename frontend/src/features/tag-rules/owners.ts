import { queryOptions, useQuery } from "@tanstack/react-query";

import { type Api, bodyOf, useApi } from "@/lib/api/client";

const ALL = { limit: 1000 } as const;

function teamsOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/teams", ALL],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/teams", { params: { query: ALL }, signal })),
    staleTime: 60_000,
  });
}

function servicesOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/services", ALL],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/services", { params: { query: ALL }, signal })),
    staleTime: 60_000,
  });
}

export interface Owner {
  value: string;
  label: string;
}

/** Teams and the catalogue's services by name, for choosing one and for naming one. */
export function useOwners() {
  const api = useApi();
  const teams = useQuery(teamsOf(api));
  const services = useQuery(servicesOf(api));
  const options = (found: readonly { id: string; name: string }[] | undefined): Owner[] =>
    (found ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const all = { teams: options(teams.data?.items), services: options(services.data?.items) };
  return {
    ...all,
    nameOf: (id: string | null) =>
      [...all.teams, ...all.services].find(({ value }) => value === id)?.label ?? "",
  };
}
