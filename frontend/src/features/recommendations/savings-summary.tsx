import Grid from "@cloudscape-design/components/grid";
import Link from "@cloudscape-design/components/link";
import { useQueries } from "@tanstack/react-query";

import { ProblemAlert } from "@/components/feedback/problem-alert";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import { summaryOf } from "@/lib/dashboard";
import { timeOf } from "@/lib/format/dates";
import { count, money, percent } from "@/lib/format/money";
import { counted } from "@/lib/format/words";
import { tenantOf } from "@/lib/session/current-tenant";

import { coverageOf, identifiedOf } from "./queries";

const NOTHING = "–";
const TILE = { default: 12, xxs: 6, m: 3 } as const;

/** What could be saved, what was, and how much was looked at to say so. */
export function SavingsSummary() {
  const api = useApi();
  const [identified, summary, tenant, coverage] = useQueries({
    queries: [identifiedOf(api), summaryOf(api), tenantOf(api), coverageOf(api)],
  });
  const failed = [identified, summary, tenant, coverage].find(({ error }) => error);
  if (failed?.error) return <ProblemAlert error={failed.error} retry={() => void failed.refetch()} />;
  const currency = tenant.data?.reporting_currency ?? "USD";
  const sums = identified.data?.items ?? [];
  const checks = coverage.data?.items ?? [];
  const judged = checks.reduce((sum, one) => sum + one.flagged + one.fine + one.excepted, 0);
  const open = checks.reduce((sum, one) => sum + one.not_enough_data + one.no_permission, 0);
  return (
    <Grid gridDefinition={Array.from({ length: 4 }, () => ({ colspan: TILE }))}>
      <Tile
        label="Identified, a month"
        value={
          sums.length === 0
            ? NOTHING
            : sums.map((one) => money(one.monthly_savings, one.currency)).join(" + ")
        }
      >
        {sums.length === 0
          ? "Nothing is identified yet"
          : `By ${counted(
              sums.reduce((sum, one) => sum + one.recommendations, 0),
              "recommendation",
            )}; of those that overlap only the best counts`}
      </Tile>
      <Tile
        label="Realised, a month"
        value={summary.data ? money(summary.data.now.realized_savings, currency) : NOTHING}
      >
        Measured on later bills. <Link href="/savings">See by change</Link>
      </Tile>
      <Tile
        label="Waste"
        value={summary.data ? percent(Number(summary.data.now.waste_percentage) / 100) : NOTHING}
      >
        Of the spend of 30 days could be saved
      </Tile>
      <Tile label="Judgements" value={coverage.data ? count(judged) : NOTHING}>
        {coverage.data && (
          <>
            {open > 0 && `${count(open)} more lacked data or permission. `}
            <Link href="/recommendations/coverage">Why flagged or not</Link>
            {coverage.data.judged_at && <div>Judged {timeOf(coverage.data.judged_at)}</div>}
          </>
        )}
      </Tile>
    </Grid>
  );
}
