import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQueries } from "@tanstack/react-query";

import { freshnessOf } from "@/components/data-through";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import { summaryOf } from "@/lib/dashboard";
import { monthOf } from "@/lib/format/dates";
import { money, quantity } from "@/lib/format/money";
import { tenantOf } from "@/lib/session/current-tenant";

import { latestMonth, type MonthOfSelfCost, type SelfCost, selfCostsOf } from "./self-cost";

const NOTHING = "–";
const SOURCES = { bill: "On the bill, by its tag", calls: "Counted calls of Cost Explorer" } as const;

/** What was saved, beside what this product itself costs: a saving is worth what is left of it. */
export function SelfCostSummary() {
  const api = useApi();
  const [costs, freshness, summary, tenant] = useQueries({
    queries: [selfCostsOf(api), freshnessOf(api), summaryOf(api), tenantOf(api)],
  });
  const failed = [costs, freshness, summary, tenant].find(({ error }) => error);
  if (failed?.error) return <ProblemAlert error={failed.error} retry={() => void failed.refetch()} />;
  const currency = tenant.data?.reporting_currency ?? "USD";
  const realised = summary.data ? Number(summary.data.now.realized_savings) : null;
  const latest =
    costs.data && freshness.data ? latestMonth(costs.data.items, freshness.data.costs_through) : null;
  return (
    <SpaceBetween size="s">
      <div className="tiles">
        <Tile label="Realised, a month" value={realised === null ? NOTHING : money(realised, currency)}>
          Measured on later bills
        </Tile>
        <Tile label="CloudOps Guardrails itself, a month" value={latest ? allOf(latest) : NOTHING}>
          {latest &&
            (latest.whole ? `As billed for ${monthOf(latest.month)}` : `So far in ${monthOf(latest.month)}`)}
          {costs.data && !latest && (
            <>
              No charge carries the tag{" "}
              <code className="breakable">
                {costs.data.tag_key}={costs.data.tag_value}
              </code>
              : activate it for cost allocation where the stack is billed
            </>
          )}
        </Tile>
        <Net realised={realised} latest={latest} currency={currency} />
      </div>
      {latest && <Components latest={latest} />}
    </SpaceBetween>
  );
}

interface NetProps {
  realised: number | null;
  latest: MonthOfSelfCost | null;
  currency: string;
}

/** Of the reporting currency alone: others are never taken from it. */
function Net({ realised, latest, currency }: NetProps) {
  const own = latest?.totals.get(currency);
  const known = realised !== null && own !== undefined;
  return (
    <Tile label="Net savings, a month" value={known ? money(realised - own, currency) : NOTHING}>
      {known && own > 0 && realised >= own && `It saves ${quantity(realised / own)} times what it costs`}
      {known && realised < own && "It does not save what it costs yet"}
    </Tile>
  );
}

function allOf({ totals }: MonthOfSelfCost): string {
  return [...totals].map(([currency, amount]) => money(amount, currency)).join(" + ");
}

function Components({ latest }: { latest: MonthOfSelfCost }) {
  return (
    <ExpandableSection headerText={`What CloudOps Guardrails cost in ${monthOf(latest.month)}, by component`}>
      <Table<SelfCost>
        variant="embedded"
        contentDensity="compact"
        ariaLabels={{ tableLabel: "Its own cost by component" }}
        items={latest.parts}
        trackBy={({ service, currency, source }) => `${service} ${currency} ${source}`}
        columnDefinitions={[
          { id: "service", header: "Service", isRowHeader: true, cell: ({ service }) => service },
          {
            id: "cost",
            header: <div className="number">Cost</div>,
            cell: (one) => <div className="number">{money(one.billed_cost, one.currency)}</div>,
          },
          { id: "source", header: "Known from", cell: ({ source }) => SOURCES[source] },
        ]}
      />
    </ExpandableSection>
  );
}
