import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import { Copyable } from "@/components/copyable";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { dateOf, timeOf } from "@/lib/format/dates";
import { money, percent } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";
import { type ActionType, actionTypesOf, titleOf } from "@/lib/plans/action-types";

import { SelfCostSummary } from "./self-cost-summary";

const PATH = "/api/v1/actions/savings";
type Saving = components["schemas"]["ActionSavingsOut"];

const FILTERS: readonly Filter<FilterKey<typeof PATH>>[] = [
  { key: "status", label: "State", values: ["measuring", "measured", "returned"] },
];

const STATUS_TYPES = { measuring: "pending", measured: "success", returned: "warning" } as const;

function columnsFor(types: readonly ActionType[]): readonly Column<Saving>[] {
  return [
    {
      id: "change",
      header: "Change",
      isRowHeader: true,
      minWidth: 220,
      cell: ({ action_id, type }) => <Link href={`/actions/${action_id}`}>{titleOf(types, type)}</Link>,
    },
    { id: "resource", header: "Resource", cell: ({ resource_id }) => <Copyable text={resource_id} /> },
    {
      id: "projected",
      header: "Projected a month",
      align: "right",
      cell: ({ projected_monthly: amount, currency }) => (amount === null ? "–" : money(amount, currency)),
    },
    {
      id: "measured",
      header: "Measured a month",
      align: "right",
      cell: ({ measured_monthly: amount, currency }) => (amount === null ? "–" : money(amount, currency)),
    },
    {
      id: "confidence",
      header: "More than noise",
      align: "right",
      cell: ({ confidence }) => (confidence === null ? "–" : percent(Number(confidence), 0)),
    },
    {
      id: "status",
      header: "State",
      cell: ({ status }) => (
        <StatusIndicator type={STATUS_TYPES[status]}>{sentenceCase(status)}</StatusIndicator>
      ),
    },
    { id: "reason", header: "Reason", minWidth: 240, cell: ({ reason }) => reason ?? "–" },
    { id: "ended", header: "Changed on", cell: ({ finished_at }) => dateOf(finished_at) },
    { id: "account", header: "Account", cell: ({ account_id }) => account_id, optional: true },
    { id: "at", header: "Measured", cell: ({ measured_at }) => timeOf(measured_at), optional: true },
  ];
}

export function Screen() {
  const list = useList({ name: "realised-savings", path: PATH, filters: FILTERS });
  const { data } = useQuery(actionTypesOf(useApi()));
  return (
    <ListScreen
      list={list}
      noun="changes"
      title="Realised savings"
      description="What each change was to save, and what the bills since then show that it does; a saving that came back counts as none."
      above={<SelfCostSummary />}
      columns={columnsFor(data?.items ?? [])}
      rowId={({ action_id }) => action_id}
      empty={
        <>
          No completed change was looked up on a bill yet. That happens once a day; a figure takes a week of
          settled days after the <Link href="/actions?status=completed">change</Link>.
        </>
      }
    />
  );
}
