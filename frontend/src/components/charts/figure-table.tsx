import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";

interface FigureTableProps {
  title: string;
  headers: readonly string[];
  /** A row of cells per row. */
  rows: readonly (readonly ReactNode[])[];
}

/** The figures of a chart; in a chunk of its own, because most people look at the chart alone. */
export function FigureTable({ title, headers, rows }: FigureTableProps) {
  return (
    <div className="figure-table">
      <Table
        variant="embedded"
        contentDensity="compact"
        columnDefinitions={headers.map((header, index) => ({
          id: String(index),
          header,
          cell: (cells: readonly ReactNode[]) => cells[index],
        }))}
        items={[...rows]}
        ariaLabels={{ tableLabel: title }}
      />
    </div>
  );
}
