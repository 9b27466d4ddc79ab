import MixedLineBarChart from "@cloudscape-design/components/mixed-line-bar-chart";
import Select from "@cloudscape-design/components/select";
import { useQuery } from "@tanstack/react-query";

import { ChartFigure } from "@/components/charts/chart-figure";
import { freshnessOf } from "@/components/data-through";
import { Loaded } from "@/components/feedback/loaded";
import { useApi } from "@/lib/api/client";
import { dateOf, shortDate } from "@/lib/format/dates";
import { money, shortMoney } from "@/lib/format/money";
import { useUrlState } from "@/lib/url-state";

import { lastDays } from "./periods";
import { costsOf, type Dimension, DIMENSIONS, tenantOf } from "./queries";
import { stacked, type Stacks } from "./stacking";

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
    <Loaded query={query}>
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
      <MixedLineBarChart
        height={260}
        hideFilter
        stackedBars
        ariaLabel={`Cost per day by ${by}`}
        ariaDescription={summary}
        xScaleType="categorical"
        xTickFormatter={(day) => shortDate(day)}
        yTickFormatter={(value) => shortMoney(value, currency)}
        xDomain={days}
        yDomain={[0, stacks.highest * 1.05 || 1]}
        series={groups.map(({ name, amounts }) => ({
          title: name,
          type: "bar",
          valueFormatter: (value: number) => money(value, currency),
          data: days.map((day) => ({ x: day, y: amounts.get(day) ?? 0 })),
        }))}
        i18nStrings={{
          detailPopoverDismissAriaLabel: "Close",
          legendAriaLabel: "Legend",
          chartAriaRoleDescription: "Stacked bar chart",
        }}
        empty="No cost in these days."
      />
    </ChartFigure>
  );
}
