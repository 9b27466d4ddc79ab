import Grid from "@cloudscape-design/components/grid";
import Link from "@cloudscape-design/components/link";
import { useQueries } from "@tanstack/react-query";

import { Change } from "@/components/change";
import { freshnessOf } from "@/components/data-through";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import { addDays, shortDate } from "@/lib/format/dates";
import { count, money, percent } from "@/lib/format/money";

import { monthToDate, type Period } from "@/lib/costs/periods";
import { costsOf, metricsOf, tenantOf } from "./queries";

const NOTHING = "–";

/** The figures at the top. Amounts are in the tenant's reporting currency, others are never added to it. */
export function Figures() {
  const api = useApi();
  const [freshness, metrics, tenant] = useQueries({
    queries: [freshnessOf(api), metricsOf(api), tenantOf(api)],
  });
  const failed = [freshness, metrics, tenant].find(({ error }) => error);
  if (failed?.error) return <ProblemAlert error={failed.error} retry={() => void failed.refetch()} />;
  const currency = tenant.data?.reporting_currency ?? "USD";
  const found = metrics.data;
  const thousandths = (amount: number | undefined) =>
    amount === undefined ? NOTHING : money(amount / 1000, currency);
  return (
    <Grid
      gridDefinition={Array.from({ length: 4 }, () => ({ colspan: { default: 12, xxs: 6, s: 6, m: 3 } }))}
    >
      <MonthToDate through={freshness.data?.costs_through ?? null} currency={currency} />
      <Tile label="Identified savings, a month" value={thousandths(found?.identifiedSavings)}>
        {found && (
          <>
            {percent(found.wastePercentage / 100)} of the spend,{" "}
            <Link href="/recommendations">see what to do</Link>
          </>
        )}
      </Tile>
      <Tile label="Realised savings, a month" value={thousandths(found?.realizedSavings)}>
        Measured on later bills, not estimated
      </Tile>
      <Tile label="Resources analysed" value={found ? count(found.resourcesAnalyzed) : NOTHING}>
        In the last 30 days
      </Tile>
    </Grid>
  );
}

function MonthToDate({ through, currency }: { through: string | null; currency: string }) {
  const api = useApi();
  const periods = through === null ? null : monthToDate(through);
  const none: Period = { start: "", end: "" };
  const [now, before] = useQueries({
    queries: [periods?.now ?? none, periods?.before ?? none].map((period) => ({
      ...costsOf(api, period, "charge_category", "monthly"),
      enabled: periods !== null,
    })),
  });
  const total = (query: typeof now) =>
    query?.data?.items
      .filter((item) => item.currency === currency)
      .reduce((sum, { billed_cost }) => sum + Number(billed_cost), 0) ?? null;
  const spent = total(now);
  const compared = total(before);
  return (
    <Tile label="Spend, month to date" value={spent === null ? NOTHING : money(spent, currency)}>
      {periods && spent !== null && (
        <Change
          now={spent}
          before={compared}
          currency={currency}
          period={`${shortDate(periods.before.start)} – ${shortDate(addDays(periods.before.end, -1))}`}
        />
      )}
    </Tile>
  );
}
