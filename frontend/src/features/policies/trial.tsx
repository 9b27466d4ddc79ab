import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { UseQueryResult } from "@tanstack/react-query";

import { Copyable } from "@/components/copyable";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { problemOf } from "@/lib/api/problem";
import { count } from "@/lib/format/money";

import type { Tried } from "./queries";

const MOST = 100;

interface TrialPanelProps {
  query: UseQueryResult<Tried>;
  /** What is missing before it can be tried; null once it can. */
  wanting: string | null;
}

/** Which resources an expression would flag now. */
export function TrialPanel({ query, wanting }: TrialPanelProps) {
  const { data, error, isFetching } = query;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="In the inventory as it is now; nothing is written"
          actions={
            wanting === null &&
            isFetching && (
              <Box color="text-status-inactive">
                <Spinner /> Trying it
              </Box>
            )
          }
        >
          What it matches
        </Header>
      }
    >
      <div aria-live="polite" aria-busy={isFetching}>
        {wanting !== null ? (
          <Box color="text-body-secondary">{wanting}</Box>
        ) : error ? (
          <Refused error={error} retry={() => void query.refetch()} />
        ) : (
          data && <Matches tried={data} />
        )}
      </div>
    </Container>
  );
}

function Refused({ error, retry }: { error: Error; retry: () => void }) {
  const { fields } = problemOf(error);
  if (Object.keys(fields).length === 0) return <ProblemAlert error={error} retry={retry} />;
  return <StatusIndicator type="error">It cannot be tried as it is: see the marked field.</StatusIndicator>;
}

function Matches({ tried }: { tried: Tried }) {
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        minColumnWidth={120}
        items={[
          { label: "Would be flagged", value: <span className="tile-value">{count(tried.violations)}</span> },
          { label: "Looked at", value: <span className="tile-value">{count(tried.resources)}</span> },
          {
            label: "Unknown",
            value: <span className="tile-value">{count(tried.unknown)}</span>,
          },
        ]}
      />
      {tried.unknown > 0 && (
        <Box color="text-body-secondary" fontSize="body-s">
          Unknown are resources of which nobody could look up what the expression asks about.
        </Box>
      )}
      {tried.matches.length > 0 && (
        <div className="figure-table">
          {" "}
          <Table<Tried["matches"][number]>
            variant="embedded"
            contentDensity="compact"
            items={tried.matches}
            ariaLabels={{ tableLabel: "Resources that it matches" }}
            columnDefinitions={[
              {
                id: "resource",
                header: "Resource",
                isRowHeader: true,
                minWidth: 230,
                cell: ({ resource_id }) => <Copyable text={resource_id} />,
              },
              { id: "type", header: "Type", cell: ({ type }) => type },
              { id: "account", header: "Account", cell: ({ account_id }) => account_id },
              {
                id: "why",
                header: "Why",
                minWidth: 170,
                cell: ({ reason }) => <span className="breakable">{reason}</span>,
              },
            ]}
            footer={
              tried.violations > MOST && (
                <Box color="text-body-secondary">The first {MOST} of them are shown.</Box>
              )
            }
          />
        </div>
      )}
    </SpaceBetween>
  );
}
