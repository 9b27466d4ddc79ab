import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { Change } from "@/components/change";
import { Loaded } from "@/components/feedback/loaded";
import { ExportButton } from "@/components/list/export-button";
import { Page } from "@/components/page";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import { addDays, span } from "@/lib/format/dates";
import { money, percent } from "@/lib/format/money";
import { counted } from "@/lib/format/words";
import { useUrlState } from "@/lib/url-state";

import {
  amountOf,
  type Level,
  levelIn,
  LEVELS,
  type Owned,
  type OwnedAnswer,
  ownedCostsOf,
  totalsOf,
} from "./owners";

export function Screen() {
  const api = useApi();
  const [search, change] = useUrlState();
  const level = levelIn(search["by"]);
  const cost = search["cost"] === "effective" ? "effective" : "billed";
  const query = useQuery(ownedCostsOf(api, level, cost));
  return (
    <Page
      title="Cost by owner"
      description="Each owner's cost of the 30 days that end with the newest data, shared costs split by their rules, against the 30 days before."
      actions={
        <ExportButton list={{ name: `cost-by-${level.id}`, path: level.path, parameters: { cost } }} />
      }
    >
      <SpaceBetween size="m">
        <div className="row">
          <SegmentedControl
            label="Cost by"
            selectedId={level.id}
            options={LEVELS.map(({ id, plural }) => ({ id, text: plural }))}
            onChange={({ detail }) => change({ by: detail.selectedId })}
          />
          <SegmentedControl
            label="Which cost"
            selectedId={cost}
            options={[
              { id: "billed", text: "Billed" },
              { id: "effective", text: "Effective" },
            ]}
            onChange={({ detail }) =>
              change({ cost: detail.selectedId === "billed" ? undefined : "effective" })
            }
          />
        </div>
        <Loaded query={query}>{(answer) => <Owners level={level} answer={answer} />}</Loaded>
      </SpaceBetween>
    </Page>
  );
}

function Owners({ level, answer }: { level: Level; answer: OwnedAnswer }) {
  const { items, start, end } = answer;
  return (
    <SpaceBetween size="m">
      {totalsOf(items).map((total) => (
        <div className="tiles" key={total.currency}>
          <Tile label={`Cost, ${span(start, addDays(end, -1))}`} value={money(total.cost, total.currency)}>
            <Change
              now={total.cost}
              before={total.previous}
              currency={total.currency}
              period="the 30 days before"
            />
          </Tile>
          <Tile label="Unallocated" value={money(total.unallocated, total.currency)}>
            {total.unallocated < 0 ? (
              "Credits and discounts that belong to nobody alone"
            ) : (
              <>
                {total.cost > 0 && `${percent(total.unallocated / total.cost)} of it has no owner; `}
                <Link href="/tag-rules">tag rules give it one</Link>
              </>
            )}
          </Tile>
          <Tile label="Shared" value={money(total.shared, total.currency)}>
            Split among owners by rules
          </Tile>
        </div>
      ))}
      <Table<Owned>
        variant="container"
        wrapLines
        items={items}
        trackBy={({ owner, currency }) => `${owner ?? ""} ${currency}`}
        ariaLabels={{ tableLabel: `Cost by ${level.one}` }}
        header={
          <Header variant="h2" counter={`(${counted(items.length, "row")})`}>
            {level.plural}
          </Header>
        }
        columnDefinitions={columnsOf(level)}
        empty={
          <Box textAlign="center" color="text-body-secondary">
            Nothing was charged in these days. Cost gets owners once bills and the organization&apos;s teams
            are here.
          </Box>
        }
      />
    </SpaceBetween>
  );
}

function columnsOf(level: Level): TableProps.ColumnDefinition<Owned>[] {
  return [
    {
      id: "owner",
      header: level.label,
      isRowHeader: true,
      minWidth: 160,
      cell: (row) => <Owner level={level} row={row} />,
    },
    ...(level.id === "team" || level.id === "business-unit"
      ? [{ id: "above", header: "Belongs to", cell: ({ above }: Owned) => above ?? "–" }]
      : []),
    amountOf("cost", "Cost", (row) => money(row.cost, row.currency)),
    amountOf("direct", "Direct", (row) => money(row.direct_cost, row.currency)),
    amountOf("shared", "Shared", (row) => money(row.shared_cost, row.currency)),
    amountOf("previous", "30 days before", (row) => money(row.previous_cost, row.currency)),
    amountOf("change", "Change", ({ change_percent }) =>
      change_percent === null ? "–" : `${Number(change_percent) > 0 ? "+" : ""}${change_percent}%`,
    ),
  ];
}

function Owner({ level, row }: { level: Level; row: Owned }) {
  const text = row.owner ?? "Unallocated";
  if (level.id !== "team") return row.owner === null ? <Box color="text-body-secondary">{text}</Box> : text;
  return <Link href={`/showback/${encodeURIComponent(row.owner ?? "unallocated")}`}>{text}</Link>;
}
