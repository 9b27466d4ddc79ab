import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { SeverityBadge } from "@/components/severity";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { signedMoney } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";

import { type Alert, statusOf, subjectOf, valueOf, whereOf, windowOf } from "./alert-words";

const FILTERS: readonly Filter<FilterKey<"/api/v1/alerts">>[] = [
  { key: "status", label: "Status", values: ["open", "acknowledged", "resolved"] },
  { key: "severity", label: "Severity", values: ["critical", "high", "medium", "low"] },
  { key: "alert_type", label: "Type", values: ["cost", "reliability"] },
  { key: "service", label: "Service", field: "service_name" },
  { key: "account", label: "Account", field: "account_id" },
];

const COLUMNS: readonly Column<Alert>[] = [
  {
    id: "title",
    header: "Alert",
    isRowHeader: true,
    minWidth: 280,
    cell: (alert) => <Link href={`/alerts/${alert.id}`}>{alert.title}</Link>,
  },
  { id: "severity", header: "Severity", cell: ({ severity }) => <SeverityBadge severity={severity} /> },
  {
    id: "status",
    header: "Status",
    cell: (alert) => {
      const { type, text } = statusOf(alert);
      return <StatusIndicator type={type}>{text}</StatusIndicator>;
    },
  },
  {
    id: "excess",
    header: "Excess",
    align: "right",
    cell: (alert) =>
      alert.currency ? signedMoney(alert.excess, alert.currency) : `+${valueOf(alert, alert.excess)}`,
  },
  { id: "window", header: "Window", cell: windowOf },
  { id: "subject", header: "Service or metric", cell: subjectOf },
  { id: "where", header: "Account or resource", cell: whereOf, optional: true },
  {
    id: "observed",
    header: "Observed",
    align: "right",
    cell: (alert) => valueOf(alert, alert.observed_value),
    optional: true,
  },
  { id: "type", header: "Type", cell: ({ alert_type }) => sentenceCase(alert_type), optional: true },
  { id: "detected", header: "Detected", cell: ({ detected_at }) => timeOf(detected_at), optional: true },
  { id: "id", header: "Id", cell: ({ id }) => shortId("alert", id), optional: true },
];

export function Screen() {
  const list = useList({ name: "alerts", path: "/api/v1/alerts", filters: FILTERS });
  return (
    <ListScreen
      list={list}
      noun="alerts"
      title="Alerts"
      description="What costs or runs out of the ordinary, judged on what was known at the time; the latest incident first."
      columns={COLUMNS}
      rowId={({ id }) => id}
      empty="No alert was ever raised here. Once bills or metrics come in, whatever leaves its usual range appears in this list."
    />
  );
}
