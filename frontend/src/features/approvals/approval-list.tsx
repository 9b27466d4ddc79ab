import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

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

import { APPROVERS, type Listed, savingOf, STATUS_WORDS, STATUSES } from "./approval-words";
import { LIST } from "./queries";

const FILTERS: readonly Filter<FilterKey<typeof LIST>>[] = [
  {
    key: "status",
    label: "Status",
    values: STATUSES.map((value) => ({ value, label: STATUS_WORDS[value].text })),
  },
  { key: "action", label: "Action", field: "action_id" },
];

function columnsFor(types: readonly ActionType[]): readonly Column<Listed>[] {
  return [
    {
      id: "change",
      header: "Change",
      isRowHeader: true,
      minWidth: 220,
      cell: ({ id, action }) => <Link href={`/approvals/${id}`}>{titleOf(types, action.type)}</Link>,
    },
    {
      id: "status",
      header: "Status",
      minWidth: 120,
      cell: ({ status }) => (
        <StatusIndicator type={STATUS_WORDS[status].type}>{STATUS_WORDS[status].text}</StatusIndicator>
      ),
    },
    { id: "saving", header: "Saving a month", align: "right", cell: (one) => savingOf(one) ?? "Not known" },
    { id: "risk", header: "Risk", cell: ({ action }) => <Risk percent={action.risk} /> },
    { id: "resource", header: "Resource", cell: ({ action }) => <Copyable text={action.resource_id} /> },
    { id: "takes", header: "Takes", cell: ({ approver_role: role }) => APPROVERS[role] },
    { id: "by", header: "Asked for by", cell: ({ requested_by_name: name }) => name },
    { id: "expires", header: "Expires", cell: ({ expires_at }) => timeOf(expires_at) },
    { id: "account", header: "Account", cell: ({ action }) => action.account_id, optional: true },
    {
      id: "decided",
      header: "Decided",
      cell: ({ decided_at }) => (decided_at ? timeOf(decided_at) : "–"),
      optional: true,
    },
    { id: "comment", header: "Comment", cell: ({ comments }) => comments ?? "–", optional: true },
    { id: "id", header: "Id", cell: ({ id }) => <Identifier kind="approval" id={id} />, optional: true },
  ];
}

export function ApprovalList() {
  const { data } = useQuery(actionTypesOf(useApi()));
  const list = useList({ name: "approvals", path: LIST, filters: FILTERS, refetchInterval: 30_000 });
  return (
    <ListScreen
      list={list}
      noun="approvals"
      title="Approvals"
      description="Changes that wait for somebody's word, and what was said; nobody approves what he asked for himself."
      freshness="Looked at anew every half minute"
      actions={<Link href="/approvals?as=cards">One by one</Link>}
      columns={columnsFor(data?.items ?? [])}
      rowId={({ id }) => id}
      empty="Nobody was asked for a word yet. A change that somebody requests appears here once it is planned."
    />
  );
}
