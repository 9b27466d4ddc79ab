import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { ChartFigure } from "@/components/charts/chart-figure";
import { StackedCosts } from "@/components/charts/stacked-costs";
import { freshnessOf } from "@/components/data-through";
import { Loaded } from "@/components/feedback/loaded";
import { ExportButton } from "@/components/list/export-button";
import { Page } from "@/components/page";
import type { components } from "@/generated/api";
import { type Api, bodyOf, useApi } from "@/lib/api/client";
import { stacked } from "@/lib/costs/stacking";
import { addDays, dateOf, monthOf, span } from "@/lib/format/dates";
import { money } from "@/lib/format/money";
import { usePathParameter, useUrlState } from "@/lib/url-state";

import { amountOf } from "./owners";
import { accountNamesOf } from "./queries";

type Drilled = components["schemas"]["DrilledCostOut"];
type Answer = components["schemas"]["DrilledCostList"];

const PARTS = [
  { id: "service", text: "Service" },
  { id: "account", text: "Account" },
  { id: "charge_category", text: "Charge category" },
] as const;

type Part = (typeof PARTS)[number]["id"];

export function Screen() {
  const api = useApi();
  const team = usePathParameter("team");
  const [search, change] = useUrlState();
  const part = PARTS.find(({ id }) => id === search["by"])?.id ?? "service";
  const parts = useQuery(attributedTo(api, team, part));
  const days = useQuery(attributedTo(api, team, "day"));
  const { data: freshness } = useQuery(freshnessOf(api));
  const title = team === "unallocated" ? "Unallocated cost" : `Cost of ${team}`;
  return (
    <Page
      title={title}
      parents={[{ text: "Cost by owner", href: "/showback" }]}
      description="What the 30 days up to the newest data are made of, shared costs by the rule that brought them."
      actions={
        freshness?.costs_through && <Report team={team} month={`${freshness.costs_through.slice(0, 7)}-01`} />
      }
    >
      <SpaceBetween size="m">
        <Loaded query={days}>{(answer) => <Days answer={answer} />}</Loaded>
        <SegmentedControl
          label="Made of"
          selectedId={part}
          options={[...PARTS]}
          onChange={({ detail }) => change({ by: detail.selectedId })}
        />
        <Loaded query={parts}>{(answer) => <Parts answer={answer} part={part} />}</Loaded>
      </SpaceBetween>
    </Page>
  );
}

function attributedTo(api: Api, team: string, group_by: Part | "day") {
  const query = { team, group_by };
  return {
    queryKey: ["/api/v1/costs/attributed", query],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      bodyOf(api.GET("/api/v1/costs/attributed", { params: { query }, signal })),
  };
}

function Report({ team, month }: { team: string; month: string }) {
  const list = {
    name: `showback-${month.slice(0, 7)}`,
    path: "/api/v1/costs/showback",
    parameters: { team, month },
  } as const;
  return (
    <>
      <Box color="text-body-secondary">Report of {monthOf(month)}</Box>
      <ExportButton list={list} />
    </>
  );
}

function Days({ answer }: { answer: Answer }) {
  const currency = answer.items[0]?.currency ?? "USD";
  const stacks = stacked(
    answer.items.map((row) => ({
      period_start: row.group ?? "",
      group: row.split_rule ? `Shared: ${row.split_rule}` : "Direct",
      currency: row.currency,
      billed_cost: row.cost,
      effective_cost: row.cost,
      list_cost: null,
    })),
    currency,
  );
  const summary = `${money(stacks.total, currency)} in ${span(answer.start, addDays(answer.end, -1))}.`;
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
            cell: (day: string) => <div className="number">{money(amounts.get(day) ?? 0, currency)}</div>,
          })),
        ],
      }}
    >
      <StackedCosts title="Cost per day" summary={summary} stacks={stacks} />
    </ChartFigure>
  );
}

function Parts({ answer, part }: { answer: Answer; part: Part }) {
  const { data: names } = useQuery(accountNamesOf(useApi()));
  const label = PARTS.find(({ id }) => id === part)?.text ?? "";
  const textOf = ({ group, split_rule }: Drilled) => {
    if (split_rule) return `Shared by ${split_rule}`;
    const name = part === "account" && group ? names?.get(group) : undefined;
    return name ? `${name} (${group ?? ""})` : (group ?? "–");
  };
  return (
    <Table<Drilled>
      variant="container"
      wrapLines
      items={answer.items}
      ariaLabels={{ tableLabel: `Cost by ${label.toLowerCase()}` }}
      header={<Header variant="h2">By {label.toLowerCase()}</Header>}
      columnDefinitions={[
        { id: "part", header: label, isRowHeader: true, minWidth: 200, cell: textOf },
        amountOf("cost", "Cost", (row) => money(row.cost, row.currency)),
      ]}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          Nothing was charged in these days.
        </Box>
      }
    />
  );
}
