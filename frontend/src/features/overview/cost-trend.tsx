import Select from "@cloudscape-design/components/select";
import { useQuery } from "@tanstack/react-query";

import { ChartFigure } from "@/components/charts/chart-figure";
import { StackedCosts } from "@/components/charts/stacked-costs";
import { freshnessOf } from "@/components/data-through";
import { Loaded } from "@/components/feedback/loaded";
import { useApi } from "@/lib/api/client";
import { dateOf } from "@/lib/format/dates";
import { money } from "@/lib/format/money";
import { useUrlState } from "@/lib/url-state";

import { lastDays } from "@/lib/costs/periods";
import { costsOf, type Dimension, DIMENSIONS } from "./queries";
import { stacked, type Stacks } from "@/lib/costs/stacking";
import { tenantOf } from "@/lib/session/current-tenant";

const DAYS = 30;
const OPTIONS = DIMENSIONS.map((value) => ({ value, label: `By ${value}` }));

export function CostTrend() {
  const api = useApi();
  const { data: freshness } = useQuery(freshnessOf(api));
  const { data: tenant } = useQuery(tenantOf(api));
  const [search, change] = useUrlState();
  const by = DIMENSIONS.find((one) => one === search["by"]) ?? "service";
  const through = freshness?.costs_through ?? "";
  const period = through ? lastDays(through, DAYS) : { start: "", end: "" };
  const query = useQuery({ ...costsOf(api, period, by, "daily"), enabled: through !== "" });
  if (freshness && through === "") return null;
  return (
    <Loaded query={query} space={426}>
      {({ items }) => (
        <Trend
          stacks={stacked(items, tenant?.reporting_currency ?? "USD")}
          by={by}
          choose={(wanted) => change({ by: wanted === "service" ? undefined : wanted }, { replace: true })}
        />
      )}
    </Loaded>
  );
}

function Trend({ stacks, by, choose }: { stacks: Stacks; by: Dimension; choose: (by: string) => void }) {
  const { currency, days, groups, total } = stacks;
  const [largest] = groups;
  const summary =
    largest === undefined
      ? "No cost in these days."
      : `${money(total, currency)} in ${days.length} days; the largest ${by} is ${largest.name} with ${money(largest.total, currency)}.`;
  return (
    <ChartFigure
      title="Cost per day"
      summary={summary}
      table={{
        rows: days,
        columns: [
          { id: "day", header: "Day", cell: (day) => dateOf(day) },
          ...groups.map(({ name, amounts }) => ({
            id: name,
            header: name,
            cell: (day: string) => money(amounts.get(day) ?? 0, currency),
          })),
        ],
      }}
      actions={
        <Select
          ariaLabel="Group cost by"
          selectedOption={OPTIONS.find(({ value }) => value === by) ?? null}
          options={OPTIONS}
          onChange={({ detail }) => choose(detail.selectedOption.value ?? "service")}
        />
      }
    >
      <StackedCosts title={`Cost per day by ${by}`} summary={summary} stacks={stacks} />
    </ChartFigure>
  );
}
