import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { ProblemAlert } from "@/components/feedback/problem-alert";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { count, money } from "@/lib/format/money";

import { runsOf } from "./queries";

type Run = components["schemas"]["RunOut"];

/** The hourly looks at what is open: what was considered and done, or why nothing was. */
export function Runs() {
  const { data, error, isPending, refetch } = useQuery(runsOf(useApi()));
  if (error && !data) return <ProblemAlert error={error} retry={() => void refetch()} />;
  return (
    <Table<Run>
      variant="container"
      wrapLines
      loading={isPending}
      loadingText="Loading runs"
      ariaLabels={{ tableLabel: "Runs" }}
      header={
        <Header
          variant="h2"
          description="The last 24, one an hour"
          actions={<Link href="/autonomy/considerations">All it considered</Link>}
        >
          Runs
        </Header>
      }
      items={data?.items ?? []}
      trackBy="id"
      columnDefinitions={[
        {
          id: "at",
          header: "Run",
          isRowHeader: true,
          minWidth: 160,
          cell: ({ id, started_at, considered }) =>
            considered > 0 ? (
              <Link href={`/autonomy/considerations?run=${id}`}>{timeOf(started_at)}</Link>
            ) : (
              timeOf(started_at)
            ),
        },
        {
          id: "considered",
          header: <div className="number">Considered</div>,
          cell: ({ considered }) => <div className="number">{count(considered)}</div>,
        },
        {
          id: "acted",
          header: <div className="number">Acted on</div>,
          cell: ({ acted }) => <div className="number">{count(acted)}</div>,
        },
        {
          id: "saving",
          header: <div className="number">Projected a month</div>,
          cell: ({ monthly_savings, currency }) => (
            <div className="number">{money(monthly_savings, currency)}</div>
          ),
        },
        { id: "outcome", header: "Outcome", minWidth: 220, cell: (run) => <Outcome run={run} /> },
      ]}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          It has not run yet.
        </Box>
      }
    />
  );
}

function Outcome({ run: { refusal, acted } }: { run: Run }) {
  if (refusal) return <StatusIndicator type="stopped">{refusal}</StatusIndicator>;
  if (acted === 0) return <StatusIndicator type="info">Held everything back, with reasons</StatusIndicator>;
  return <StatusIndicator type="success">Acted on its own</StatusIndicator>;
}
