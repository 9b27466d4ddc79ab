import { useQuery } from "@tanstack/react-query";

import { ChartFigure } from "@/components/charts/chart-figure";
import { StackedCosts } from "@/components/charts/stacked-costs";
import { Loaded } from "@/components/feedback/loaded";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { stacked } from "@/lib/costs/stacking";
import { addDays, dateOf, shortDate, span } from "@/lib/format/dates";
import { money } from "@/lib/format/money";

import type { Team } from "./queries";

type Answer = components["schemas"]["DrilledCostList"];

/** What the team cost day by day, with its part of shared costs. */
export function TeamDays({ team }: { team: Team }) {
  const api = useApi();
  const query = { team: team.name, group_by: "day" } as const;
  const days = useQuery({
    queryKey: ["/api/v1/costs/attributed", query],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/costs/attributed", { params: { query }, signal })),
  });
  return <Loaded query={days}>{(answer) => <Days answer={answer} />}</Loaded>;
}

function Days({ answer }: { answer: Answer }) {
  const currency = answer.items[0]?.currency ?? "USD";
  const stacks = stacked(
    answer.items.map(({ group, split_rule, cost, currency: of }) => ({
      period_start: group ?? "",
      group: split_rule ? `Shared: ${split_rule}` : "Direct",
      currency: of,
      billed_cost: cost,
      effective_cost: cost,
      list_cost: null,
    })),
    currency,
  );
  const dearest = stacks.days.reduce(
    (best, day) => (totalOf(day) > best.total ? { day, total: totalOf(day) } : best),
    { day: "", total: 0 },
  );
  function totalOf(day: string): number {
    return stacks.groups.reduce((sum, { amounts }) => sum + (amounts.get(day) ?? 0), 0);
  }
  const period = span(answer.start, addDays(answer.end, -1));
  const summary = dearest.day
    ? `${money(stacks.total, currency)} in ${period}; the dearest day was ${shortDate(dearest.day)} with ${money(dearest.total, currency)}.`
    : `Nothing in ${period}.`;
  return (
    <ChartFigure
      title="Cost per day"
      summary={summary}
      table={{
        rows: [...stacks.days].reverse(),
        columns: [
          { id: "day", header: "Day", cell: dateOf },
          ...stacks.groups.map(({ name, amounts }) => ({
            id: name,
            header: name,
            cell: (day: string) => money(amounts.get(day) ?? 0, currency),
          })),
        ],
      }}
    >
      <StackedCosts title="Cost per day" summary={summary} stacks={stacks} />
    </ChartFigure>
  );
}
