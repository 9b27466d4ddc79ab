import Header from "@cloudscape-design/components/header";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQueries } from "@tanstack/react-query";

import { ProblemAlert } from "@/components/feedback/problem-alert";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import { dateOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { actionTypesOf, titleOf } from "@/lib/plans/action-types";

import { trackRecordsOf } from "./queries";

type Record = components["schemas"]["AutonomousTypeOut"];

/** Which kinds of change have earned that the system makes them alone. */
export function TrackRecords() {
  const api = useApi();
  const [records, types] = useQueries({ queries: [trackRecordsOf(api), actionTypesOf(api)] });
  if (records.error && !records.data)
    return <ProblemAlert error={records.error} retry={() => void records.refetch()} />;
  return (
    <Table<Record>
      variant="container"
      wrapLines
      loading={records.isPending}
      loadingText="Loading"
      ariaLabels={{ tableLabel: "Earned autonomy" }}
      header={
        <Header
          variant="h2"
          description="A kind of change earns it by actions in a row that were verified; one that fails sets the row back"
        >
          Earned autonomy
        </Header>
      }
      items={records.data?.items ?? []}
      trackBy="type"
      columnDefinitions={[
        {
          id: "type",
          header: "Kind of change",
          isRowHeader: true,
          minWidth: 200,
          cell: ({ type }) => titleOf(types.data?.items, type),
        },
        { id: "row", header: "In a row", minWidth: 180, cell: (record) => <Row record={record} /> },
        {
          id: "earned",
          header: "Autonomy",
          cell: ({ earned }) =>
            earned ? (
              <StatusIndicator type="success">Earned</StatusIndicator>
            ) : (
              <StatusIndicator type="stopped">Not yet</StatusIndicator>
            ),
        },
        { id: "completed", header: number("Completed"), cell: ({ completed }) => number(count(completed)) },
        { id: "failed", header: number("Failed or taken back"), cell: ({ failed }) => number(count(failed)) },
        {
          id: "last",
          header: "Last failure",
          cell: ({ last_failed_at: at }) => (at ? dateOf(at) : "–"),
        },
      ]}
    />
  );
}

function Row({ record: { successes_in_a_row: had, successes_needed: needed, type } }: { record: Record }) {
  return (
    <ProgressBar
      value={Math.min(100, (had / needed) * 100)}
      additionalInfo={`${had} of ${needed}`}
      ariaLabel={`Verified in a row: ${type}`}
    />
  );
}

function number(text: string) {
  return <div className="number">{text}</div>;
}
