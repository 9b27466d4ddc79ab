import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Table from "@cloudscape-design/components/table";
import { type ReactNode, useId, useState } from "react";

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
        <div className="figure-table">
          <Table
            variant="embedded"
            contentDensity="compact"
            columnDefinitions={[...table.columns]}
            items={[...table.rows]}
            stickyHeader={false}
            ariaLabels={{ tableLabel: title }}
          />
        </div>
      )}
    </Container>
  );
}
