import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { Copyable } from "@/components/copyable";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";

import { CoverageSummary } from "./coverage-summary";
import { type LedgerLine, VERDICT_WORDS, VERDICTS } from "./coverage-words";
import { ResourceSearch } from "./resource-search";

const PATH = "/api/v1/recommendations/coverage/ledger";

const FILTERS: readonly Filter<FilterKey<typeof PATH>>[] = [
  { key: "resource", label: "Resource", field: "resource_id" },
  {
    key: "verdict",
    label: "Verdict",
    values: VERDICTS.map((value) => ({ value, label: VERDICT_WORDS[value].text })),
  },
  { key: "check_id", label: "Check" },
  { key: "account", label: "Account", field: "account_id" },
];

const COLUMNS: readonly Column<LedgerLine>[] = [
  {
    id: "resource",
    header: "Resource",
    isRowHeader: true,
    minWidth: 220,
    cell: (line) =>
      line.resource_id ? <Copyable text={line.resource_id} /> : `All of ${line.service ?? line.account_id}`,
  },
  { id: "check", header: "Check", cell: ({ check_id }) => check_id },
  {
    id: "verdict",
    header: "Verdict",
    minWidth: 150,
    cell: ({ verdict }) => (
      <StatusIndicator type={VERDICT_WORDS[verdict].type}>{VERDICT_WORDS[verdict].text}</StatusIndicator>
    ),
  },
  { id: "reason", header: "Reason", minWidth: 300, cell: (line) => <Reason line={line} /> },
  { id: "account", header: "Account", cell: ({ account_id }) => account_id },
  { id: "service", header: "Service", cell: ({ service }) => service ?? "–", optional: true },
  { id: "region", header: "Region", cell: ({ region }) => region ?? "–", optional: true },
  {
    id: "source",
    header: "Judged by",
    cell: ({ source }) => (source === "bill" ? "The bill" : "A scan"),
  },
  { id: "judged", header: "Judged", cell: ({ judged_at }) => timeOf(judged_at), optional: true },
];

function Reason({ line }: { line: LedgerLine }) {
  if (line.verdict !== "flagged") return <>{line.reason}</>;
  const search = new URLSearchParams({
    check_id: line.check_id,
    ...(line.resource_id ? { resource: line.resource_id } : { account: line.account_id }),
  });
  return <Link href={`/recommendations?${search.toString()}`}>{line.reason}</Link>;
}

export function Screen() {
  const list = useList({ name: "coverage", path: PATH, filters: FILTERS });
  return (
    <ListScreen
      list={list}
      noun="judgements"
      title="Why flagged or not"
      description="Every resource that a check looked at, with its verdict and the reason; silence is never taken for health."
      columns={COLUMNS}
      rowId={(line) =>
        [line.check_id, line.account_id, line.service, line.region, line.resource_id].join("|")
      }
      above={
        <SpaceBetween size="s">
          <ResourceSearch
            key={list.search["resource"] ?? ""}
            wanted={list.search["resource"] ?? ""}
            onSearch={(resource) => list.changeFilters({ resource })}
          />
          <CoverageSummary onChoose={list.changeFilters} />
        </SpaceBetween>
      }
      empty="No check has looked at anything yet. Once a bill is loaded or an account is connected, each run says here what it judged."
    />
  );
}
