import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import LineChart from "@cloudscape-design/components/line-chart";

import { ChartFigure } from "@/components/charts/chart-figure";
import { shortDate, timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";

import type { Scan } from "./queries";

interface Point {
  scan: Scan;
  at: Date;
  percentage: number;
}

/** The share of fully tagged resources, scan by scan. */
export function Trend({ scans }: { scans: readonly Scan[] }) {
  const points = scans
    .filter(({ compliance_percentage }) => compliance_percentage !== null)
    .map((scan): Point => ({
      scan,
      at: new Date(scan.scan_date),
      percentage: Number(scan.compliance_percentage),
    }))
    .reverse();
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  if (first === last) return <OnlyOne percentage={last.percentage} />;
  const summary = `From ${first.percentage}% on ${shortDate(first.at)} to ${last.percentage}% on ${shortDate(last.at)}, in ${points.length} scans.`;
  return (
    <ChartFigure
      title="Over time"
      summary={summary}
      table={{
        rows: [...points].reverse(),
        columns: [
          { id: "at", header: "Scan", cell: ({ scan }) => timeOf(scan.scan_date) },
          { id: "percentage", header: "Fully tagged", cell: ({ percentage }) => `${percentage}%` },
          { id: "tagged", header: "Tagged", cell: ({ scan }) => count(scan.tagged_resources ?? 0) },
          { id: "total", header: "Resources", cell: ({ scan }) => count(scan.total_resources ?? 0) },
        ],
      }}
    >
      <LineChart
        height={200}
        hideFilter
        hideLegend
        ariaLabel="Fully tagged resources over time"
        ariaDescription={summary}
        xScaleType="time"
        xTickFormatter={shortDate}
        yTickFormatter={(value) => `${value}%`}
        xDomain={[first.at, last.at]}
        yDomain={[0, 100]}
        series={[
          {
            title: "Fully tagged",
            type: "line",
            valueFormatter: (value) => `${value}%`,
            data: points.map(({ at, percentage }) => ({ x: at, y: percentage })),
          },
        ]}
        i18nStrings={{
          detailPopoverDismissAriaLabel: "Close",
          legendAriaLabel: "Legend",
          chartAriaRoleDescription: "Line chart",
        }}
      />
    </ChartFigure>
  );
}

/** A line takes two points. */
function OnlyOne({ percentage }: { percentage: number }) {
  return (
    <Container header={<Header variant="h2">Over time</Header>}>
      {percentage}% in the only scan so far; the line begins with the next one.
    </Container>
  );
}
