import { useQuery } from "@tanstack/react-query";

import { useApi } from "@/lib/api/client";
import { useMember } from "@/lib/session/member";

import { organizationOf, teamsIn } from "./queries";

/** Admins edit every team, leads their own ones. */
export function useEditableTeams() {
  const { profile, can } = useMember();
  const { data } = useQuery(organizationOf(useApi()));
  const teams = data ? teamsIn(data) : [];
  const mine = teams.filter(({ members }) => members.some(({ user_id }) => user_id === profile.id));
  const led = teams.filter(({ members }) =>
    members.some(({ user_id, role }) => user_id === profile.id && role === "lead"),
  );
  const editable = new Set(led.map(({ id }) => id));
  return {
    teams,
    mine,
    mayEdit: (teamId: string | null) => can("administer") || (teamId !== null && editable.has(teamId)),
    mayAdd: can("administer") || led.length > 0,
  };
}
