import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";

import { ActionStatus } from "@/components/action-status";
import { Copyable } from "@/components/copyable";
import { Identifier } from "@/components/identifier";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { Risk } from "@/components/risk";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";
import { type ActionType, actionTypesOf, titleOf } from "@/lib/plans/action-types";

import { type Action, askedBy, savingOf, STATUSES } from "./action-words";
import { KillSwitch } from "./kill-switch";
import { LIST } from "./queries";

const REFRESH = 10_000;

function filtersFor(types: readonly ActionType[]): readonly Filter<FilterKey<typeof LIST>>[] {
  return [
    { key: "status", label: "Status", values: STATUSES },
    { key: "type", label: "Change", values: types.map(({ type, title }) => ({ value: type, label: title })) },
    { key: "account", label: "Account", field: "account_id" },
    { key: "resource", label: "Resource", field: "resource_id" },
    { key: "recommendation", label: "Recommendation", field: "recommendation_id" },
  ];
}

function columnsFor(types: readonly ActionType[]): readonly Column<Action>[] {
  return [
    {
      id: "type",
      header: "Change",
      isRowHeader: true,
      minWidth: 220,
      cell: (action) => <Link href={`/actions/${action.id}`}>{titleOf(types, action.type)}</Link>,
    },
    { id: "status", header: "Status", minWidth: 130, cell: ({ status }) => <ActionStatus status={status} /> },
    { id: "resource", header: "Resource", cell: ({ resource_id }) => <Copyable text={resource_id} /> },
    { id: "saving", header: "Projected a month", align: "right", cell: savingOf },
    { id: "risk", header: "Risk", cell: ({ risk }) => <Risk percent={risk} /> },
    { id: "account", header: "Account", cell: ({ account_id }) => account_id },
    { id: "by", header: "Asked for by", cell: askedBy },
    { id: "created", header: "Asked for", cell: ({ created_at }) => timeOf(created_at) },
    { id: "error", header: "Reason", minWidth: 240, cell: ({ error }) => error ?? "–" },
    {
      id: "finished",
      header: "Ended",
      cell: ({ finished_at }) => (finished_at ? timeOf(finished_at) : "–"),
      optional: true,
    },
    { id: "region", header: "Region", cell: ({ region }) => region, optional: true },
    { id: "id", header: "Id", cell: ({ id }) => <Identifier kind="action" id={id} />, optional: true },
  ];
}

export function Screen() {
  const { data } = useQuery(actionTypesOf(useApi()));
  const types = data?.items ?? [];
  const list = useList({ name: "actions", path: LIST, filters: filtersFor(types), refetchInterval: REFRESH });
  return (
    <ListScreen
      list={list}
      noun="actions"
      title="Actions"
      description="Changes of your accounts: planned, approved, made call by call, read back, and undone where that can be."
      freshness="Looked at anew every ten seconds"
      columns={columnsFor(types)}
      rowId={({ id }) => id}
      above={<KillSwitch />}
      empty={
        <>
          No change was asked for yet. Open a <Link href="/recommendations?status=open">recommendation</Link>{" "}
          and request its change; the account needs a role that may act.
        </>
      }
    />
  );
}
