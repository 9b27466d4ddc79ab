import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, type ReactNode, Suspense, useId, useState } from "react";

const FigureTable = lazy(async () => ({ default: (await import("./figure-table")).FigureTable }));

export interface TableView<Row> {
  columns: readonly { id: string; header: string; cell: (row: Row) => ReactNode }[];
  rows: readonly Row[];
}

interface ChartFigureProps<Row> {
  title: string;
  /** What the chart shows, in words: it stands under the title for everybody, not only for screen readers. */
  summary: string;
  table: TableView<Row>;
  actions?: ReactNode;
  children: ReactNode;
}

/** A chart that can also be read: a summary in words, and its figures as a table. */
export function ChartFigure<Row>({ title, summary, table, actions, children }: ChartFigureProps<Row>) {
  const [view, setView] = useState("chart");
  const summaryId = useId();
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={<span id={summaryId}>{summary}</span>}
          actions={
            <div className="row">
              {actions}
              <SegmentedControl
                label={`Show ${title} as`}
                selectedId={view}
                options={[
                  { id: "chart", text: "Chart" },
                  { id: "table", text: "Table" },
                ]}
                onChange={({ detail }) => setView(detail.selectedId)}
              />
            </div>
          }
        >
          {title}
        </Header>
      }
    >
      {view === "chart" ? (
        <figure className="figure" aria-describedby={summaryId}>
          {children}
        </figure>
      ) : (
        <Suspense fallback={<Spinner />}>
          <FigureTable
            title={title}
            headers={table.columns.map(({ header }) => header)}
            rows={table.rows.map((row) => table.columns.map(({ cell }) => cell(row)))}
          />
        </Suspense>
      )}
    </Container>
  );
}
