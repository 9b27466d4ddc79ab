import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { type ActionType, actionTypesOf, titleOf } from "@/lib/plans/action-types";

const PATH = "/api/v1/automation/considerations";
type Consideration = components["schemas"]["ConsiderationOut"];

const FILTERS: readonly Filter<FilterKey<typeof PATH>>[] = [
  { key: "verdict", label: "Verdict", values: ["acted", "held"] },
  { key: "run", label: "Run", field: "run_id" },
  { key: "recommendation", label: "Recommendation", field: "recommendation_id" },
];

function columnsFor(types: readonly ActionType[]): readonly Column<Consideration>[] {
  return [
    {
      id: "recommendation",
      header: "Recommendation",
      isRowHeader: true,
      minWidth: 170,
      cell: ({ recommendation_id: id, check_id: check }) =>
        id ? (
          <Link href={`/recommendations/${id}`}>{`${shortId("recommendation", id)}, ${check}`}</Link>
        ) : (
          check
        ),
    },
    {
      id: "verdict",
      header: "Verdict",
      cell: ({ verdict, action_id: action }) =>
        action ? (
          <Link href={`/actions/${action}`}>{`Acted: ${shortId("action", action)}`}</Link>
        ) : (
          <StatusIndicator type="stopped">{verdict === "held" ? "Held" : "Acted"}</StatusIndicator>
        ),
    },
    { id: "reason", header: "Reason", minWidth: 320, cell: ({ reason }) => reason },
    {
      id: "change",
      header: "Change",
      cell: ({ action_type: type }) => (type ? titleOf(types, type) : "By hand"),
    },
    { id: "at", header: "Considered", cell: ({ at }) => timeOf(at) },
  ];
}

export function Screen() {
  const list = useList({ name: "considerations", path: PATH, filters: FILTERS });
  const { data } = useQuery(actionTypesOf(useApi()));
  return (
    <ListScreen
      list={list}
      noun="considerations"
      title="What it considered"
      parents={[{ text: "Autonomy", href: "/autonomy" }]}
      description="Every recommendation that the system looked at, and the first reason that held it back; kept for 90 days."
      freshness="The latest run first"
      columns={columnsFor(data?.items ?? [])}
      rowId={({ id }) => id}
      empty="The system has considered nothing: autonomous mode is off, or no hourly run was in a change window yet."
    />
  );
}
