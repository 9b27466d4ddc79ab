import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import type { FilterKey } from "@/lib/api/lists";
import { span, timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";

import { type Delivery, KIND_CHOICES, STATUS_CHOICES, statusOf, titleOf, totalsOf } from "./delivery-words";

const FILTERS: readonly Filter<FilterKey<"/api/v1/deliveries">>[] = [
  { key: "status", label: "Status", group: "Statuses", values: STATUS_CHOICES },
  { key: "source", label: "Source", values: [...KIND_CHOICES, { value: "unknown", label: "Unknown" }] },
  { key: "period", label: "Period (first day)", group: "Periods", field: "period" },
];

const COLUMNS: readonly Column<Delivery>[] = [
  {
    id: "delivery",
    header: "Delivery",
    isRowHeader: true,
    minWidth: 160,
    cell: (delivery) => <Link href={`/deliveries/${delivery.id}`}>{titleOf(delivery)}</Link>,
  },
  {
    id: "status",
    header: "Status",
    minWidth: 160,
    cell: ({ status, reason }) => {
      const { type, text } = statusOf(status);
      return <StatusIndicator type={type}>{reason ? `${text}: ${reason}` : text}</StatusIndicator>;
    },
  },
  { id: "account", header: "Billing account", cell: ({ billing_account_id }) => billing_account_id },
  { id: "rows", header: "Rows", align: "right", cell: ({ source_rows }) => count(source_rows) },
  { id: "total", header: "Total billed", align: "right", cell: totalsOf },
  {
    id: "days",
    header: "Days",
    cell: ({ first_day, last_day }) => (first_day && last_day ? span(first_day, last_day) : "–"),
  },
  { id: "seen", header: "Seen", cell: ({ created_at }) => timeOf(created_at) },
  { id: "assembled", header: "Assembled", cell: ({ assembled_at }) => timeOf(assembled_at), optional: true },
  { id: "export", header: "Export", cell: ({ export_name }) => export_name, optional: true },
];

export function Screen() {
  const list = useList({ name: "deliveries", path: "/api/v1/deliveries", filters: FILTERS });
  return (
    <ListScreen
      list={list}
      noun="deliveries"
      title="Deliveries"
      description="Each version of each bill that arrived, the newest first. The current one of a period is what every figure here is made of."
      columns={COLUMNS}
      rowId={({ id }) => id}
      empty="No bill has arrived yet. Add a data source, or load a folder of exports by the command line."
    />
  );
}
