import { ChartFigure } from "@/components/charts/chart-figure";
import { type Mark, StackedCosts } from "@/components/charts/stacked-costs";
import type { components } from "@/generated/api";
import { type CostItem, stacked } from "@/lib/costs/stacking";
import { dateOf, monthOf, shortDate } from "@/lib/format/dates";
import { money } from "@/lib/format/money";
import { counted } from "@/lib/format/words";

import type { Question } from "./question";

type Alert = components["schemas"]["AlertOut"];

interface CostChartProps {
  question: Question;
  items: readonly CostItem[];
  currency: string;
  alerts: readonly Alert[];
  nameOf: (group: string) => string;
}

const MOST_MARKS = 3;

export function CostChart({ question, items, currency, alerts, nameOf }: CostChartProps) {
  const { by, per, measure } = question;
  const stacks = stacked(items, currency, measure, nameOf);
  const { days, groups, total } = stacks;
  const [largest] = groups;
  const unit = per === "daily" ? "day" : "month";
  const marks = per === "daily" ? marksOf(alerts) : [];
  const summary =
    largest === undefined
      ? "No cost in these days."
      : `${money(total, currency)} in ${counted(days.length, unit)}; the largest ${by.one} is ${largest.name} with ${money(largest.total, currency)}.` +
        (alerts.length > 0 ? ` ${counted(alerts.length, "alert")} in these days.` : "");
  const title = `Cost per ${unit}`;
  return (
    <ChartFigure
      title={title}
      summary={summary}
      table={{
        rows: [...days].reverse(),
        columns: [
          { id: "day", header: per === "daily" ? "Day" : "Month", cell: per === "daily" ? dateOf : monthOf },
          ...groups.map(({ name, amounts }) => ({
            id: name,
            header: name,
            cell: (day: string) => <div className="number">{money(amounts.get(day) ?? 0, currency)}</div>,
          })),
        ],
      }}
    >
      <StackedCosts
        title={`${title} by ${by.one}`}
        summary={summary}
        stacks={stacks}
        granularity={per}
        marks={marks}
      />
    </ChartFigure>
  );
}

/** The days with the alerts that added most; all of them stand in the list below. */
function marksOf(alerts: readonly Alert[]): Mark[] {
  const largest = [...alerts].sort((one, other) => Number(other.excess) - Number(one.excess));
  const days = [...new Set(largest.map(({ window_start }) => window_start.slice(0, 10)))];
  return days.slice(0, MOST_MARKS).map((day) => ({ day, title: `Alert ${shortDate(day)}` }));
}
