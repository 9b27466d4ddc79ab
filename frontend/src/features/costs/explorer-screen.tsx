import Alert from "@cloudscape-design/components/alert";
import Grid from "@cloudscape-design/components/grid";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { Change } from "@/components/change";
import { freshnessOf } from "@/components/data-through";
import { Loaded } from "@/components/feedback/loaded";
import { ExportButton } from "@/components/list/export-button";
import { SavedViews } from "@/components/list/saved-views";
import { Page } from "@/components/page";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import { before, daysIn, type Period } from "@/lib/costs/periods";
import { type CostItem, NAMELESS } from "@/lib/costs/stacking";
import { addDays, span } from "@/lib/format/dates";
import { money } from "@/lib/format/money";
import { counted } from "@/lib/format/words";
import { tenantOf } from "@/lib/session/current-tenant";
import { useUrlState } from "@/lib/url-state";

import { AlertsOfPeriod } from "./alerts-of-period";
import { compare, type Comparison } from "./comparison";
import { Controls } from "./controls";
import { CostChart } from "./cost-chart";
import { Groups } from "./groups";
import { accountNamesOf, alertsOf, costsOf, inPeriod } from "./queries";
import { KEPT, parametersOf, type Question, questionIn } from "./question";

const DESCRIPTION =
  "What the cloud costs by whatever the bill knows, against as many days before, from the current version of each bill.";

export function Screen() {
  const api = useApi();
  const freshness = useQuery(freshnessOf(api));
  return (
    <Loaded query={freshness}>
      {({ costs_through }) => (costs_through === null ? <NoBills /> : <Explorer through={costs_through} />)}
    </Loaded>
  );
}

function NoBills() {
  return (
    <Page title="Cost explorer" description={DESCRIPTION}>
      <Alert type="info" header="No bill has come in yet" i18nStrings={{ infoIconAriaLabel: "Information" }}>
        Name where your bills lie on <Link href="/data-sources">Data sources</Link>; what they say appears
        here once the first one was read.
      </Alert>
    </Page>
  );
}

function Explorer({ through }: { through: string }) {
  const api = useApi();
  const [search, change] = useUrlState();
  const question = questionIn(search, through);
  const parameters = parametersOf(question);
  const now = useQuery({ ...costsOf(api, parameters), placeholderData: keepPreviousData });
  const earlier = useQuery({
    ...costsOf(api, { ...parameters, ...before(question.period) }),
    placeholderData: keepPreviousData,
  });
  const view = {
    name: "costs",
    filters: KEPT,
    search,
    isFiltered: KEPT.some(({ key }) => search[key]),
    changeFilters: (changes: Record<string, string | undefined>) => change(changes),
  };
  return (
    <Page
      title="Cost explorer"
      description={DESCRIPTION}
      actions={
        <ExportButton list={{ name: `costs-by-${question.by.value}`, path: "/api/v1/costs", parameters }} />
      }
    >
      <SpaceBetween size="m">
        <SavedViews list={view} />
        <Controls question={question} search={search} items={now.data?.items ?? []} change={change} />
        <Loaded query={now}>
          {({ items }) => (
            <Loaded query={earlier}>
              {(answer) => <Answer question={question} items={items} earlier={answer.items} />}
            </Loaded>
          )}
        </Loaded>
      </SpaceBetween>
    </Page>
  );
}

interface AnswerProps {
  question: Question;
  items: readonly CostItem[];
  earlier: readonly CostItem[];
}

function Answer({ question, items, earlier }: AnswerProps) {
  const api = useApi();
  const { data: tenant } = useQuery(tenantOf(api));
  const { data: accounts } = useQuery(accountNamesOf(api));
  const { service, account } = question.filters;
  const { data: alerts } = useQuery(
    alertsOf(api, { ...(service && { service }), ...(account && { account }) }),
  );
  const currency = question.filters.currency ?? tenant?.reporting_currency ?? "USD";
  const compared = compare(items, earlier, currency, question.measure);
  const shown = inPeriod(alerts?.items ?? [], question.period);
  const nameOf = (group: string) =>
    question.by.value === "account" && accounts?.has(group)
      ? `${accounts.get(group) ?? ""} (${group})`
      : group;
  return (
    <SpaceBetween size="m">
      <Totals
        question={question}
        compared={compared}
        currency={currency}
        nameOf={nameOf}
        alerts={shown.length}
      />
      {compared.otherCurrencies.length > 0 && <OtherCurrencies currencies={compared.otherCurrencies} />}
      <CostChart question={question} items={items} currency={currency} alerts={shown} nameOf={nameOf} />
      <Groups question={question} compared={compared} currency={currency} nameOf={nameOf} />
      <AlertsOfPeriod alerts={shown} />
    </SpaceBetween>
  );
}

function OtherCurrencies({ currencies }: { currencies: readonly string[] }) {
  const [, change] = useUrlState();
  return (
    <Alert type="info" i18nStrings={{ infoIconAriaLabel: "Information" }}>
      Some charges are in other currencies, which are never added. Look at those in{" "}
      {currencies.map((currency) => (
        <Link key={currency} onFollow={() => change({ currency })}>
          {currency}
        </Link>
      ))}
      .
    </Alert>
  );
}

interface TotalsProps {
  question: Question;
  compared: Comparison;
  currency: string;
  nameOf: (group: string) => string;
  alerts: number;
}

function Totals({ question, compared, currency, nameOf, alerts }: TotalsProps) {
  const { by, period } = question;
  const days = daysIn(period);
  const [most] = [...compared.rows].sort((one, other) => other.change - one.change);
  const rose = most !== undefined && most.change > 0 ? most : null;
  return (
    <Grid gridDefinition={Array.from({ length: 4 }, () => ({ colspan: { default: 12, xxs: 6, m: 3 } }))}>
      <Tile label={`Cost, ${shown(period)}`} value={money(compared.now, currency)}>
        <Change
          now={compared.now}
          before={compared.before}
          currency={currency}
          period={`the ${counted(days, "day")} before`}
        />
      </Tile>
      <Tile label="A day on average" value={money(compared.now / days, currency)}>
        {money(compared.before / days, currency)} in the {counted(days, "day")} before
      </Tile>
      <Tile
        label={`The ${by.one} that rose most`}
        value={<span className="breakable">{rose ? nameOf(rose.group) || NAMELESS : "None"}</span>}
      >
        {rose && (
          <Change now={rose.now} before={rose.before} currency={currency} period={shown(before(period))} />
        )}
      </Tile>
      <Tile label="Cost alerts" value={alerts}>
        Raised about these days
      </Tile>
    </Grid>
  );
}

/** The last day belongs to it, unlike in the API. */
function shown({ start, end }: Period): string {
  return span(start, addDays(end, -1));
}
