import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";

import { span } from "@/lib/format/dates";
import { money, quantity, signedMoney } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";
import { valueText } from "@/lib/plans/plan";

import { type BilledLine, type Driver, type EvidenceParts, partsOf } from "./evidence-parts";
import type { RecommendationDetail } from "./recommendation-words";

/** What the check saw: the charges that the change concerns, how the saving was reckoned, and what else it measured. */
export function Evidence({ found }: { found: RecommendationDetail }) {
  const parts = partsOf(found.evidence);
  const currency = found.currency ?? "USD";
  return (
    <Container
      header={
        <Header variant="h2" description={sourceOf(parts)}>
          Evidence
        </Header>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs columns={4} items={reckoning(parts, currency)} />
        {parts.lines.length > 0 && <Lines parts={parts} currency={currency} />}
        {parts.drivers.length > 0 && <Drivers drivers={parts.drivers} currency={currency} />}
      </SpaceBetween>
    </Container>
  );
}

function sourceOf({ window, lines }: EvidenceParts): string {
  if (!window) return "As it was found";
  const days = `${span(window.first_day, window.last_day)}, ${window.days_with_data} days with data`;
  return lines.length > 0 ? `Charges of ${days}` : days;
}

function reckoning({ cost, covered, basis, ratio, facts }: EvidenceParts, currency: string) {
  const rows: { label: string; value: string }[] = [];
  if (cost !== null) rows.push({ label: "Cost concerned, a month", value: money(cost, currency) });
  if (covered !== null) rows.push({ label: "Covered by commitments", value: money(covered, currency) });
  if (basis) rows.push({ label: "How the saving is reckoned", value: sentence(basis) });
  if (ratio)
    rows.push({
      label: "Price compared",
      value: `${quantity(ratio.value)} times, ${ratio.source}, ${ratio.as_of}`,
    });
  return [...rows, ...facts.map(([name, value]) => ({ label: wordsOf(name), value: readable(value) }))];
}

/** Long decimals are shortened for reading; the CSV and the API have them whole. */
function readable(value: unknown): string {
  const text = valueText(value);
  return /^-?\d+\.\d{3,}$/.test(text) ? quantity(text) : text;
}

function sentence(text: string): string {
  const short = text.replaceAll(/\d+\.\d{5,}/g, (long) => quantity(long));
  return short.charAt(0).toUpperCase() + short.slice(1);
}

/** E.g. "cpuPeakP95" -> "Cpu peak p95". */
function wordsOf(name: string): string {
  return sentenceCase(name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase());
}

function Lines({ parts, currency }: { parts: EvidenceParts; currency: string }) {
  const more = parts.linesInAll - parts.lines.length;
  return (
    <Table<BilledLine>
      variant="embedded"
      wrapLines
      ariaLabels={{ tableLabel: "Charges concerned" }}
      header={
        <Header
          variant="h3"
          counter={`(${parts.linesInAll})`}
          description={more > 0 ? `${more} more on the bill` : ""}
        >
          Charges concerned
        </Header>
      }
      items={parts.lines}
      columnDefinitions={[
        {
          id: "usage",
          header: "Usage type",
          isRowHeader: true,
          minWidth: 180,
          cell: ({ usage_type }) => <span className="breakable">{usage_type}</span>,
        },
        { id: "operation", header: "Operation", cell: ({ operation }) => operation ?? "–" },
        { id: "pricing", header: "Bought as", cell: ({ pricing_category }) => pricing_category ?? "–" },
        { id: "days", header: number("Days"), cell: ({ days_billed }) => number(String(days_billed)) },
        {
          id: "amount",
          header: number("Usage"),
          cell: ({ usage_amount, usage_unit }) => number(quantity(usage_amount, usage_unit ?? "")),
        },
        {
          id: "cost",
          header: number("Net cost"),
          cell: ({ effective_cost }) => number(money(effective_cost, currency)),
        },
      ]}
    />
  );
}

function Drivers({ drivers, currency }: { drivers: readonly Driver[]; currency: string }) {
  return (
    <Table<Driver>
      variant="embedded"
      wrapLines
      ariaLabels={{ tableLabel: "Drivers" }}
      header={<Header variant="h3">Drivers</Header>}
      items={drivers}
      columnDefinitions={[
        {
          id: "value",
          header: "What",
          isRowHeader: true,
          minWidth: 180,
          cell: ({ value }) => <span className="breakable">{value}</span>,
        },
        { id: "dimension", header: "Kind", cell: ({ dimension }) => sentenceCase(dimension) },
        {
          id: "change",
          header: number("Change a day"),
          cell: ({ change_per_day }) => number(signedMoney(change_per_day, currency)),
        },
      ]}
    />
  );
}

function number(text: string) {
  return <div className="number">{text}</div>;
}

/** The resource's configuration beside the one that is recommended. */
export function Configuration({ found }: { found: RecommendationDetail }) {
  const facts = [
    ...new Set([...Object.keys(found.current_config), ...Object.keys(found.recommended_config)]),
  ];
  if (facts.length === 0) return null;
  return (
    <Table
      variant="container"
      wrapLines
      ariaLabels={{ tableLabel: "Configuration" }}
      header={<Header variant="h2">Configuration</Header>}
      items={facts}
      columnDefinitions={[
        { id: "fact", header: "Setting", isRowHeader: true, cell: wordsOf },
        { id: "now", header: "Now", cell: (fact) => readable(found.current_config[fact]) },
        {
          id: "recommended",
          header: "Recommended",
          cell: (fact) =>
            fact in found.recommended_config ? (
              <strong>{readable(found.recommended_config[fact])}</strong>
            ) : (
              <Box color="text-body-secondary">not stated</Box>
            ),
        },
      ]}
    />
  );
}
