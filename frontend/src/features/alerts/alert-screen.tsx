import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ChartFigure } from "@/components/charts/chart-figure";
import { type Dismissal, DismissDialog } from "@/components/dismiss-dialog";
import { Loaded } from "@/components/feedback/loaded";
import { Page } from "@/components/page";
import { SeverityBadge } from "@/components/severity";
import { useApi } from "@/lib/api/client";
import { addDays, dateOf, shortDate, timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { useMember } from "@/lib/session/member";
import { usePathParameter } from "@/lib/url-state";

import { AlertEvents } from "./alert-events";
import { type AlertDetail, statusOf, subjectOf, valueOf, whereOf, windowOf } from "./alert-words";
import { BandChart } from "./band-chart";
import { Drivers } from "./drivers";
import { alertOf, useAcknowledgement, useResolution } from "./use-alert";

export function Screen() {
  const id = usePathParameter("id");
  const api = useApi();
  const query = useQuery(alertOf(api, id));
  return <Loaded query={query}>{(alert) => <AlertPage alert={alert} />}</Loaded>;
}

function AlertPage({ alert }: { alert: AlertDetail }) {
  const { type, text } = statusOf(alert);
  return (
    <Page
      title={alert.title}
      parents={[{ text: "Alerts", href: "/alerts" }]}
      description={alert.description}
      freshness={`Judged on data through ${timeOf(alert.data_watermark)}`}
      beside={<SeverityBadge severity={alert.severity} />}
      actions={<Actions alert={alert} />}
    >
      <SpaceBetween size="l">
        <Container>
          <KeyValuePairs
            columns={4}
            items={[
              { label: "Status", value: <StatusIndicator type={type}>{text}</StatusIndicator> },
              { label: "Observed", value: valueOf(alert, alert.observed_value) },
              { label: "Expected", value: valueOf(alert, alert.baseline_value) },
              { label: "Threshold", value: valueOf(alert, alert.threshold_value) },
              { label: "Adds up to", value: `+${valueOf(alert, alert.excess)}` },
              { label: "Window", value: windowOf(alert) },
              { label: "Service or metric", value: subjectOf(alert) },
              { label: "Account or resource", value: whereOf(alert) },
              { label: "Rule", value: `${alert.rule_name} (${alert.model_version})` },
              { label: "Detected", value: timeOf(alert.detected_at) },
              { label: "Id", value: shortId("alert", alert.id) },
              ...(alert.planned_until
                ? [{ label: "Planned until", value: dateOf(alert.planned_until) }]
                : []),
              { label: "Handled by", value: alert.resolved_by ?? alert.acknowledged_by ?? "Nobody yet" },
            ]}
          />
        </Container>
        <Series alert={alert} />
        <ColumnLayout columns={2}>
          <Drivers alert={alert} />
          <AlertEvents id={alert.id} />
        </ColumnLayout>
      </SpaceBetween>
    </Page>
  );
}

function Series({ alert }: { alert: AlertDetail }) {
  const summary = `Observed ${valueOf(alert, alert.observed_value)} where ${valueOf(alert, alert.baseline_value)} was expected; flagged ${windowOf(alert)}.`;
  if (alert.series.length === 0)
    return (
      <Container header={<Header variant="h2">Series</Header>}>A fixed limit keeps no series.</Container>
    );
  return (
    <ChartFigure
      title={alert.currency ? "Daily cost" : subjectOf(alert)}
      summary={summary}
      table={{
        rows: [...alert.series].reverse(),
        columns: [
          { id: "at", header: "Time", cell: ({ at }) => (alert.currency ? dateOf(at) : timeOf(at)) },
          { id: "observed", header: "Observed", cell: ({ observed }) => valueOf(alert, observed) },
          { id: "expected", header: "Expected", cell: ({ expected }) => valueOf(alert, expected) },
          {
            id: "range",
            header: "Usual range",
            cell: ({ lower, upper }) =>
              lower === null ? "–" : `${valueOf(alert, lower)} to ${valueOf(alert, upper)}`,
          },
          {
            id: "flagged",
            header: "Flagged",
            cell: ({ anomaly, at }) => (anomaly ? `Yes, ${shortDate(at)}` : "No"),
          },
        ],
      }}
    >
      <BandChart alert={alert} summary={summary} />
    </ChartFigure>
  );
}

type Dialog = "resolve" | "planned" | null;

const WORDS = {
  resolve: {
    title: "Resolve this alert",
    consequence: "The alert is resolved; should it happen again, another one is raised.",
    confirm: "Resolve",
  },
  planned: {
    title: "Mark as planned",
    consequence:
      "The alert is resolved as something that was meant to happen. Until then no other one is made of this signal, and what is open of it is resolved, too.",
    confirm: "Mark as planned",
  },
};

const PLANS = [
  { label: "Today", value: "1" },
  { label: "For 3 days", value: "3" },
  { label: "For a week", value: "7" },
  { label: "For 30 days", value: "30" },
  { label: "For 90 days", value: "90" },
];

function Actions({ alert }: { alert: AlertDetail }) {
  const { can } = useMember();
  const [dialog, setDialog] = useState<Dialog>(null);
  const acknowledgement = useAcknowledgement(alert.id);
  const resolution = useResolution(alert.id);
  if (!can("operate") || alert.status === "resolved") return null;
  const close = () => setDialog(null);
  const resolve = ({ reason, until }: Dismissal) => {
    const last = until && addDays(until, -1);
    resolution.mutate({ resolution: reason, planned_until: last });
    close();
  };
  return (
    <>
      {alert.status === "open" && (
        <Button
          variant="primary"
          loading={acknowledgement.isPending}
          onClick={() => acknowledgement.mutate(undefined)}
        >
          Acknowledge
        </Button>
      )}
      <Button onClick={() => setDialog("planned")}>Mark as planned</Button>
      <Button onClick={() => setDialog("resolve")}>Resolve</Button>
      {dialog && (
        <DismissDialog
          {...WORDS[dialog]}
          withExpiry={dialog === "planned"}
          periods={PLANS}
          pending={resolution.isPending}
          today={new Date()}
          onCancel={close}
          onConfirm={resolve}
        />
      )}
    </>
  );
}
