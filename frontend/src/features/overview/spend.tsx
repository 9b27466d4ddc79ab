import { useQueries } from "@tanstack/react-query";

import { Change } from "@/components/change";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import { type CostItem, costOf } from "@/lib/costs/stacking";
import { lastDays, monthToDate, type Period } from "@/lib/costs/periods";
import { addDays, shortDate } from "@/lib/format/dates";
import { money } from "@/lib/format/money";

import { forecastOf, RUN_RATE_DAYS } from "./forecast";
import { costsOf } from "./queries";

const NONE: Period = { start: "", end: "" };

/** The month so far against as many days of the one before, and what it comes to against the whole one before. */
export function Spend({ through, currency }: { through: string | null; currency: string }) {
  const api = useApi();
  const month = through === null ? null : monthToDate(through);
  const periods = month && [
    month.now,
    month.before,
    lastDays(through ?? "", RUN_RATE_DAYS),
    wholeBefore(month.now),
  ];
  const [now, sameDays, week, whole] = useQueries({
    queries: (periods ?? [NONE, NONE, NONE, NONE]).map((period) => ({
      ...costsOf(api, period, "charge_category", "monthly"),
      enabled: periods !== null,
    })),
  });
  const billed = total(now?.data?.items, currency);
  const usage = total(
    week?.data?.items.filter(({ group }) => group === "Usage"),
    currency,
  );
  const forecast = through && billed !== null && usage !== null ? forecastOf(billed, usage, through) : null;
  return (
    <>
      <Tile label="Spend, month to date" value={billed === null ? "–" : money(billed, currency)}>
        {month && billed !== null && (
          <Change
            now={billed}
            before={total(sameDays?.data?.items, currency)}
            currency={currency}
            period={`${shortDate(month.before.start)} – ${shortDate(addDays(month.before.end, -1))}`}
          />
        )}
      </Tile>
      <Tile label="Forecast, this month" value={forecast === null ? "–" : money(forecast.total, currency)}>
        {forecast && month && (
          <>
            <Change
              now={forecast.total}
              before={total(whole?.data?.items, currency)}
              currency={currency}
              period="the whole month before"
            />
            <div>
              {forecast.daysLeft === 0
                ? "The month is billed to its last day"
                : `Billed so far, and ${money(forecast.rate, currency)} of usage a day, as in the last ${RUN_RATE_DAYS} days, for ${forecast.daysLeft} more`}
            </div>
          </>
        )}
      </Tile>
    </>
  );
}

function wholeBefore({ start }: Period): Period {
  return { start: `${addDays(start, -1).slice(0, 7)}-01`, end: start };
}

function total(items: readonly CostItem[] | undefined, currency: string): number | null {
  if (items === undefined) return null;
  return items
    .filter((item) => item.currency === currency)
    .reduce((sum, item) => sum + costOf(item, "billed"), 0);
}
