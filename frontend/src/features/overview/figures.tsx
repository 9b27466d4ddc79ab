import Link from "@cloudscape-design/components/link";
import { useQueries } from "@tanstack/react-query";

import { Change } from "@/components/change";
import { freshnessOf } from "@/components/data-through";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { Tile } from "@/components/tile";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import { summaryOf } from "@/lib/dashboard";
import { count, money, percent } from "@/lib/format/money";
import { tenantOf } from "@/lib/session/current-tenant";

import { metricsOf } from "./queries";
import { Spend } from "./spend";

type Summary = components["schemas"]["SummaryOut"];

const NOTHING = "–";
const BEFORE = "30 days ago";

/** The figures at the top. Amounts are in the tenant's reporting currency, others are never added to it. */
export function Figures() {
  const api = useApi();
  const [freshness, metrics, summary, tenant] = useQueries({
    queries: [freshnessOf(api), metricsOf(api), summaryOf(api), tenantOf(api)],
  });
  const failed = [freshness, metrics, summary, tenant].find(({ error }) => error);
  if (failed?.error) return <ProblemAlert error={failed.error} retry={() => void failed.refetch()} />;
  const currency = tenant.data?.reporting_currency ?? "USD";
  return (
    <div className="tiles by-three">
      <Spend through={freshness.data?.costs_through ?? null} currency={currency} />
      <Identified summary={summary.data} currency={currency} />
      <Waste summary={summary.data} />
      <Realised summary={summary.data} currency={currency} />
      <Tile label="Resources analysed" value={metrics.data ? count(metrics.data.resourcesAnalyzed) : NOTHING}>
        In the last 30 days;{" "}
        <Link fontSize="inherit" href="/recommendations/coverage">
          what was looked at
        </Link>
      </Tile>
    </div>
  );
}

interface SummaryProps {
  summary: Summary | undefined;
  currency: string;
}

function Identified({ summary, currency }: SummaryProps) {
  return (
    <Tile
      label="Identified savings, a month"
      value={summary ? money(summary.now.identified_savings, currency) : NOTHING}
    >
      {summary && (
        <>
          <Change
            now={summary.now.identified_savings}
            before={summary.before.identified_savings}
            currency={currency}
            period={BEFORE}
            good={null}
          />
          <div>
            <Link fontSize="inherit" href="/recommendations">
              See what to do
            </Link>
          </div>
        </>
      )}
    </Tile>
  );
}

function Realised({ summary, currency }: SummaryProps) {
  return (
    <Tile
      label="Realised savings, a month"
      value={summary ? money(summary.now.realized_savings, currency) : NOTHING}
    >
      {summary && (
        <>
          <Change
            now={summary.now.realized_savings}
            before={summary.before.realized_savings}
            currency={currency}
            period={BEFORE}
            good="more"
          />
          <div>
            <Link fontSize="inherit" href="/savings">
              Measured on later bills
            </Link>
            , not estimated
          </div>
        </>
      )}
    </Tile>
  );
}

function Waste({ summary }: { summary: Summary | undefined }) {
  return (
    <Tile label="Waste" value={summary ? percent(Number(summary.now.waste_percentage) / 100) : NOTHING}>
      {summary && (
        <>
          Identified savings in the spend of 30 days; {percent(Number(summary.before.waste_percentage) / 100)}{" "}
          {BEFORE}
        </>
      )}
    </Tile>
  );
}
