import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";

import { Evaluated } from "./freshness";
import type { Scan } from "./queries";
import { ScanButton } from "./scan-button";

const COUNTS = ["resources", "violations", "opened", "reopened", "fixed", "suppressed", "unknown"] as const;
const OPTIONAL: ReadonlySet<string> = new Set(["reopened", "suppressed"]);

const COLUMNS: readonly Column<Scan>[] = [
  {
    id: "requested",
    header: "Asked for",
    isRowHeader: true,
    minWidth: 180,
    cell: ({ requested_at }) => timeOf(requested_at),
  },
  {
    id: "kind",
    header: "Policies",
    cell: ({ kind }) => (kind === "policy" ? "All enabled ones" : "Security alone"),
  },
  {
    id: "finished",
    header: "State",
    cell: ({ finished_at }) =>
      finished_at ? (
        <StatusIndicator type="success">Finished at {timeOf(finished_at)}</StatusIndicator>
      ) : (
        <StatusIndicator type="in-progress">Under way</StatusIndicator>
      ),
  },
  ...COUNTS.map((name): Column<Scan> => ({
    id: name,
    header: sentenceCase(name),
    align: "right",
    optional: OPTIONAL.has(name),
    cell: ({ counts }) => (counts[name] === undefined ? "–" : count(counts[name])),
  })),
];

const REFRESHED = 5_000;

export function Screen() {
  const list = useList({
    name: "policy-scans",
    path: "/api/v1/policies/scans",
    filters: [],
    refetchInterval: REFRESHED,
  });
  return (
    <ListScreen
      list={list}
      noun="scans"
      title="Policy scans"
      parents={[{ text: "Policies", href: "/policies" }]}
      description="Evaluations of the enabled policies over the inventory, with what became of the violations."
      freshness={<Evaluated />}
      actions={<ScanButton />}
      columns={COLUMNS}
      rowId={({ id }) => id}
      empty="No policy was evaluated yet. It happens daily after the inventory scan, or when an operator asks for it."
    />
  );
}
