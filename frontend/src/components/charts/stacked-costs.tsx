import MixedLineBarChart, {
  type MixedLineBarChartProps,
} from "@cloudscape-design/components/mixed-line-bar-chart";

import type { Stacks } from "@/lib/costs/stacking";
import { monthOf, shortDate } from "@/lib/format/dates";
import { money, shortMoney } from "@/lib/format/money";

/** Something that happened on one of the days, e.g. an alert. */
export interface Mark {
  day: string;
  title: string;
}

interface StackedCostsProps {
  title: string;
  summary: string;
  stacks: Stacks;
  granularity?: "daily" | "monthly";
  marks?: readonly Mark[];
}

/** What the largest groups cost, day by day or month by month, one upon another. */
export function StackedCosts({
  title,
  summary,
  stacks,
  granularity = "daily",
  marks = [],
}: StackedCostsProps) {
  const { currency, days, groups } = stacks;
  const bars = groups.map(({ name, amounts }): MixedLineBarChartProps.ChartSeries<string> => ({
    title: name,
    type: "bar",
    valueFormatter: (value: number) => money(value, currency),
    data: days.map((day) => ({ x: day, y: amounts.get(day) ?? 0 })),
  }));
  const lines = marks
    .filter(({ day }) => days.includes(day))
    .map((mark): MixedLineBarChartProps.ChartSeries<string> => ({
      title: mark.title,
      type: "threshold",
      x: mark.day,
      color: "var(--chart-limit)",
    }));
  return (
    <MixedLineBarChart
      height={260}
      hideFilter
      stackedBars
      ariaLabel={title}
      ariaDescription={summary}
      xScaleType="categorical"
      xTickFormatter={(day) => (granularity === "daily" ? shortDate(day) : monthOf(day))}
      yTickFormatter={(value) => shortMoney(value, currency)}
      xDomain={days}
      yDomain={[stacks.lowest, stacks.highest * 1.05 || 1]}
      series={[...bars, ...lines]}
      i18nStrings={{
        detailPopoverDismissAriaLabel: "Close",
        legendAriaLabel: "Legend",
        chartAriaRoleDescription: "Stacked bar chart",
      }}
      empty="No cost in these days."
    />
  );
}
