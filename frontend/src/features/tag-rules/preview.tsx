import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { UseQueryResult } from "@tanstack/react-query";

import { ProblemAlert } from "@/components/feedback/problem-alert";
import { problemOf } from "@/lib/api/problem";
import { monthOf } from "@/lib/format/dates";
import { count, money } from "@/lib/format/money";
import { counted } from "@/lib/format/words";

import type { Preview } from "./books";

const NOBODY = "Nobody";
const WARNINGS = {
  matches_nothing: "It takes nothing: no charge of these bills meets it.",
  matches_everything: "It takes everything: no charge of these bills is left to other rules.",
} as const;

interface PreviewPanelProps {
  query: UseQueryResult<Preview>;
  /** What is missing before it can be tried; null once it can. */
  wanting: string | null;
  /** Whether what is written has not been tried yet. */
  outdated: boolean;
}

/** What a rule would change in the newest two bills, while it is being written. */
export function PreviewPanel({ query, wanting, outdated }: PreviewPanelProps) {
  const { data, error } = query;
  const busy = wanting === null && (query.isFetching || outdated);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            data ? `In the bills of ${monthsOf(data)}; nothing is saved yet` : "Nothing is saved yet"
          }
          actions={
            busy && (
              <Box color="text-status-inactive">
                <Spinner /> Trying it
              </Box>
            )
          }
        >
          What it would change
        </Header>
      }
    >
      <div aria-live="polite" aria-busy={busy}>
        {wanting !== null ? (
          <Box color="text-body-secondary">{wanting}</Box>
        ) : error ? (
          <Refused error={error} retry={() => void query.refetch()} />
        ) : (
          data && <Figures preview={data} />
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

function Figures({ preview }: { preview: Preview }) {
  return (
    <SpaceBetween size="m">
      {preview.warnings.map((warning) => (
        <Alert key={warning} type="warning" i18nStrings={{ warningIconAriaLabel: "Warning" }}>
          {WARNINGS[warning]}
        </Alert>
      ))}
      <KeyValuePairs
        columns={2}
        minColumnWidth={190}
        items={[
          { label: "It takes", value: <Sums sums={preview.matched} /> },
          { label: "Gets another owner", value: <Sums sums={preview.reattributed} /> },
        ]}
      />
      {preview.moves.length > 0 && <Moves moves={preview.moves} />}
      {preview.examples.length > 0 && <Examples examples={preview.examples} />}
    </SpaceBetween>
  );
}

function Sums({ sums }: { sums: Preview["matched"] }) {
  if (sums.length === 0) return <span className="tile-value">Nothing</span>;
  return (
    <ul className="plain">
      {sums.map(({ currency, charges, billed_cost }) => (
        <li key={currency}>
          <div className="tile-value">{money(billed_cost, currency)}</div>
          <Box color="text-body-secondary" fontSize="body-s">
            {counted(charges, "row")} of billed cost
          </Box>
        </li>
      ))}
    </ul>
  );
}

function Moves({ moves }: { moves: Preview["moves"] }) {
  return (
    <Table<Preview["moves"][number]>
      variant="embedded"
      contentDensity="compact"
      header={<Header variant="h3">From whom to whom</Header>}
      ariaLabels={{ tableLabel: "From whom to whom" }}
      items={moves}
      columnDefinitions={[
        { id: "from", header: "From", isRowHeader: true, cell: ({ from_team }) => from_team ?? NOBODY },
        { id: "to", header: "To", cell: ({ to_team }) => to_team ?? NOBODY },
        ...AMOUNTS,
      ]}
    />
  );
}

function Examples({ examples }: { examples: Preview["examples"] }) {
  return (
    <Table<Preview["examples"][number]>
      variant="embedded"
      contentDensity="compact"
      header={<Header variant="h3">Tags as it reads them</Header>}
      ariaLabels={{ tableLabel: "Tags as it reads them" }}
      items={examples}
      columnDefinitions={[
        {
          id: "is",
          header: "Tag",
          isRowHeader: true,
          cell: ({ tag_key, tag_value }) => <code className="breakable">{`${tag_key}=${tag_value}`}</code>,
        },
        {
          id: "becomes",
          header: "Becomes",
          cell: ({ normalized_key, normalized_value }) => (
            <code className="breakable">{`${normalized_key}=${normalized_value}`}</code>
          ),
        },
        ...AMOUNTS,
      ]}
    />
  );
}

interface Amount {
  charges: number;
  billed_cost: string;
  currency: string;
}

const AMOUNTS = [
  {
    id: "charges",
    header: <div className="number">Rows</div>,
    cell: ({ charges }: Amount) => <div className="number">{count(charges)}</div>,
  },
  {
    id: "cost",
    header: <div className="number">Billed</div>,
    cell: ({ billed_cost, currency }: Amount) => <div className="number">{money(billed_cost, currency)}</div>,
  },
];

function monthsOf({ periods }: Preview): string {
  return periods.map((period) => monthOf(period)).join(" and ") || "no month: no bill has come yet";
}
