import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import { Choice } from "@/components/choice";
import { freshnessOf } from "@/components/data-through";
import { Loaded } from "@/components/feedback/loaded";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { Tile } from "@/components/tile";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { addDays, dateOf, isoDay, monthOf } from "@/lib/format/dates";
import { count, money, signedMoney } from "@/lib/format/money";
import { useUrlState } from "@/lib/url-state";

import { kindOf } from "./delivery-words";
import { spendingOf } from "./queries";

type Reconciled = components["schemas"]["ReconciledCostOut"];

const FILTERS: readonly Filter<FilterKey<"/api/v1/deliveries/reconciliation">>[] = [
  { key: "status", label: "Result", values: ["differs", "missing", "agrees"] },
  { key: "billing_account_id", label: "Billing account" },
  { key: "tolerance_amount", label: "Tolerated amount" },
  { key: "tolerance_share", label: "Tolerated share" },
];

const MONTHS = 24;

export function Screen() {
  const freshness = useQuery(freshnessOf(useApi()));
  return (
    <Loaded query={freshness}>
      {({ costs_through }) => <Reconciliation through={costs_through ?? isoDay(new Date())} />}
    </Loaded>
  );
}

function Reconciliation({ through }: { through: string }) {
  const [search, change] = useUrlState();
  const period = search["period"] ?? `${through.slice(0, 7)}-01`;
  const list = useList({
    name: "reconciliation",
    path: "/api/v1/deliveries/reconciliation",
    filters: FILTERS,
    always: { period },
  });
  const { data: spending } = useQuery(spendingOf(useApi()));
  const counts = list.query.data?.counts;
  return (
    <ListScreen
      list={list}
      noun="comparisons"
      title="Reconciliation"
      description="The bill that counts against the other sources of the same month, such as Cost Explorer: per account, service and day. Amounts agree within one cent or half a percent, unless you ask for less."
      columns={COLUMNS}
      rowId={({ against_id, account_id, service, day, currency }) =>
        [against_id, account_id, service, day, currency].join(" ")
      }
      empty={
        <>
          No other source delivered {monthOf(period)}, so there is nothing to compare with.{" "}
          <Link href="/data-sources">Add Cost Explorer as a source</Link> to check the bill against it.
        </>
      }
      above={
        <div className="tiles">
          <Tile
            label="Month"
            value={
              <Choice
                ariaLabel="Month"
                value={period}
                options={monthsUpTo(through, period)}
                onChange={(wanted) => change({ period: wanted, cursor: undefined })}
              />
            }
          />
          <Tile label="Differ" value={counts ? count(counts.differs) : "–"} />
          <Tile label="On one side only" value={counts ? count(counts.missing) : "–"} />
          <Tile label="Agree" value={counts ? count(counts.agrees) : "–"} />
          {spending && (
            <Tile
              label="Cost Explorer today"
              value={`${count(spending.calls_today)} of ${count(spending.daily_calls)} calls`}
            >
              {money(spending.cost_today, spending.currency)}
              {spending.refused_today > 0 && <>, {count(spending.refused_today)} refused</>}
            </Tile>
          )}
        </div>
      }
    />
  );
}

function monthsUpTo(through: string, shown: string): { value: string; label: string }[] {
  const months = [`${through.slice(0, 7)}-01`];
  while (months.length < MONTHS) months.push(`${addDays(months.at(-1) ?? through, -1).slice(0, 7)}-01`);
  const all = months.includes(shown) ? months : [shown, ...months];
  return all.map((value) => ({ value, label: monthOf(value) }));
}

const RESULTS = {
  agrees: { type: "success", text: "Agrees" },
  differs: { type: "warning", text: "Differs" },
  missing: { type: "error", text: "On one side only" },
} as const;

const COLUMNS: readonly Column<Reconciled>[] = [
  { id: "service", header: "Service", isRowHeader: true, minWidth: 160, cell: ({ service }) => service },
  { id: "account", header: "Account", cell: ({ account_id }) => account_id },
  { id: "day", header: "Day", cell: ({ day }) => dateOf(day) },
  {
    id: "result",
    header: "Result",
    cell: ({ status, estimated }) => (
      <>
        <StatusIndicator type={RESULTS[status].type}>{RESULTS[status].text}</StatusIndicator>
        {estimated && (
          <Box color="text-body-secondary" fontSize="body-s">
            Still estimated
          </Box>
        )}
      </>
    ),
  },
  { id: "ours", header: "Ours", align: "right", cell: ({ ours, currency }) => amountOf(ours, currency) },
  {
    id: "theirs",
    header: "Theirs",
    align: "right",
    cell: ({ theirs, currency }) => amountOf(theirs, currency),
  },
  {
    id: "difference",
    header: "Difference",
    align: "right",
    cell: ({ difference, currency }) => signedMoney(difference, currency),
  },
  { id: "against", header: "Against", cell: ({ against_source }) => kindOf(against_source) },
  {
    id: "tolerance",
    header: "Tolerance",
    align: "right",
    cell: ({ tolerance, currency }) => money(tolerance, currency),
    optional: true,
  },
];

function amountOf(amount: string | null, currency: string): string {
  return amount === null ? "–" : money(amount, currency);
}
