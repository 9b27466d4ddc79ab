import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { Copyable } from "@/components/copyable";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { Identifier } from "@/components/identifier";
import { Risk } from "@/components/risk";
import { SeverityBadge } from "@/components/severity";
import type { FilterKey } from "@/lib/api/lists";
import { dateOf } from "@/lib/format/dates";
import { percent } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";

import { LIST } from "./queries";
import { type Recommendation, savingOf, STATUSES, statusOf } from "./recommendation-words";
import { SavingsSummary } from "./savings-summary";

const FILTERS: readonly Filter<FilterKey<typeof LIST>>[] = [
  { key: "status", label: "Status", values: STATUSES },
  { key: "kind", label: "Kind", values: ["cost_optimization", "rightsizing", "security", "compliance"] },
  {
    key: "type",
    label: "Type",
    values: ["resize", "terminate", "storage-class", "reserved-instance", "schedule", "review"],
  },
  { key: "severity", label: "Severity", values: ["critical", "high", "medium", "low"] },
  { key: "check_id", label: "Check" },
  { key: "service", label: "Service", field: "service_name" },
  { key: "account", label: "Account", field: "account_id" },
  { key: "resource", label: "Resource", field: "resource_id" },
];

const COLUMNS: readonly Column<Recommendation>[] = [
  {
    id: "title",
    header: "Recommendation",
    isRowHeader: true,
    minWidth: 300,
    cell: (one) => <Link href={`/recommendations/${one.id}`}>{one.title}</Link>,
  },
  { id: "saving", header: "Net saving a month", align: "right", cell: savingOf },
  { id: "risk", header: "Risk of the change", cell: ({ risk }) => <Risk percent={risk} /> },
  {
    id: "status",
    header: "Status",
    cell: (one) => {
      const { type, text } = statusOf(one);
      return <StatusIndicator type={type}>{text}</StatusIndicator>;
    },
  },
  { id: "owner", header: "Owner", cell: ({ owner }) => owner ?? "Nobody" },
  { id: "account", header: "Account", cell: ({ account_id }) => account_id ?? "–" },
  {
    id: "resource",
    header: "Resource",
    cell: ({ resource_id }) => (resource_id ? <Copyable text={resource_id} /> : "–"),
    optional: true,
  },
  { id: "service", header: "Service", cell: ({ service_name }) => service_name ?? "–", optional: true },
  { id: "type", header: "Type", cell: ({ type }) => sentenceCase(type), optional: true },
  {
    id: "severity",
    header: "Severity",
    cell: ({ severity }) => <SeverityBadge severity={severity} />,
    optional: true,
  },
  {
    id: "confidence",
    header: "Confidence",
    align: "right",
    cell: ({ confidence }) => percent(Number(confidence), 0),
    optional: true,
  },
  { id: "check", header: "Check", cell: ({ check_id }) => check_id, optional: true },
  { id: "found", header: "Found", cell: ({ created_at }) => dateOf(created_at), optional: true },
  {
    id: "id",
    header: "Id",
    cell: ({ id }) => <Identifier kind="recommendation" id={id} />,
    optional: true,
  },
];

export function Screen() {
  const list = useList({ name: "recommendations", path: LIST, filters: FILTERS });
  return (
    <ListScreen
      list={list}
      noun="recommendations"
      title="Recommendations"
      description="What could be saved or put right, at the rate that the bill really charged; the largest saving first."
      columns={COLUMNS}
      rowId={({ id }) => id}
      above={<SavingsSummary />}
      empty={
        <>
          Nothing was ever recommended. That means little without how much was looked at:{" "}
          <Link href="/recommendations/coverage">see what each check judged</Link>.
        </>
      }
    />
  );
}
