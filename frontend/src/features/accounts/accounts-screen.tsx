import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { dateOf } from "@/lib/format/dates";
import { useMember } from "@/lib/session/member";

import { type Account, actingStatusOf, nameOf, statusOf } from "./account-words";
import { teamsOf } from "./queries";

export function Screen() {
  const { can } = useMember();
  const { data } = useQuery(teamsOf(useApi()));
  const teams = data?.items ?? [];
  const filters: Filter<FilterKey<"/api/v1/cloud-accounts">>[] = [
    { key: "provider", label: "Provider", values: ["aws", "azure", "gcp", "ibm", "oci", "other"] },
    {
      key: "status",
      label: "Connection",
      group: "Connections",
      values: (["connected", "pending", "insecure", "unreachable"] as const).map((value) => ({
        value,
        label: statusOf(value).text,
      })),
    },
    { key: "team_id", label: "Team", values: teams.map(({ id, name }) => ({ value: id, label: name })) },
  ];
  const list = useList({ name: "cloud-accounts", path: "/api/v1/cloud-accounts", filters });
  const teamNames = new Map(teams.map(({ id, name }) => [id, name]));
  return (
    <ListScreen
      list={list}
      noun="accounts"
      title="Cloud accounts"
      description="Every account that is known from bills or connected by a role, the newest first. Each role is tried again every night, as ourselves and as a stranger."
      columns={columnsWith(teamNames)}
      rowId={({ id }) => id}
      empty="No account is known yet. Connect one by a role, or let a bill bring them in."
      actions={
        can("administer") && (
          <Button variant="primary" href="/accounts/connect">
            Connect an account
          </Button>
        )
      }
    />
  );
}

function columnsWith(teamNames: ReadonlyMap<string, string>): readonly Column<Account>[] {
  return [
    {
      id: "name",
      header: "Account",
      isRowHeader: true,
      minWidth: 200,
      cell: (account) => <Link href={`/accounts/${account.id}`}>{nameOf(account)}</Link>,
    },
    { id: "number", header: "Number", cell: ({ account_id }) => account_id },
    { id: "connection", header: "Connection", cell: ({ status }) => <Status {...statusOf(status)} /> },
    { id: "acting", header: "Changes", cell: (account) => <Status {...actingStatusOf(account)} /> },
    { id: "team", header: "Team", cell: ({ team_id }) => (team_id && teamNames.get(team_id)) ?? "–" },
    { id: "regions", header: "Regions", cell: ({ regions }) => regions.join(", ") || "–" },
    {
      id: "verified",
      header: "Verified",
      cell: ({ verified_at }) => (verified_at ? dateOf(verified_at) : "–"),
    },
    { id: "provider", header: "Provider", cell: ({ provider }) => provider, optional: true },
  ];
}

function Status({ type, text }: ReturnType<typeof statusOf>) {
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}
