import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import { bodyOf, useApi } from "@/lib/api/client";
import { dateOf, monthOf, span, timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { counted } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";
import { usePathParameter } from "@/lib/url-state";

import { type Delivery, kindOf, statusOf, titleOf, totalsOf } from "./delivery-words";
import { DELIVERIES, deliveryOf } from "./queries";

export function Screen() {
  const query = useQuery(deliveryOf(useApi(), usePathParameter("id")));
  return <Loaded query={query}>{(delivery) => <DeliveryPage delivery={delivery} />}</Loaded>;
}

const MEANINGS: Readonly<Record<string, string>> = {
  loading: "Its parts are being read; nothing of it counts yet.",
  current: "Every figure of its period is made of this version.",
  shadow: "Another source counts for this period; this one is kept to compare it with.",
  superseded: "A newer version took its place.",
  quarantined: "It did not pass its checks, so nothing of it counts.",
};

function DeliveryPage({ delivery }: { delivery: Delivery }) {
  const { can } = useMember();
  const { type, text } = statusOf(delivery.status);
  return (
    <Page
      title={titleOf(delivery)}
      parents={[{ text: "Deliveries", href: "/deliveries" }]}
      description={MEANINGS[delivery.status]}
      freshness={`Assembled ${timeOf(delivery.assembled_at)}, seen ${timeOf(delivery.created_at)}`}
      beside={<StatusIndicator type={type}>{text}</StatusIndicator>}
      actions={delivery.status === "shadow" && can("administer") && <Prefer delivery={delivery} />}
    >
      <SpaceBetween size="m">
        {delivery.reason && (
          <Alert
            type={delivery.status === "quarantined" ? "error" : "info"}
            header={delivery.status === "quarantined" ? "Why it was quarantined" : "Reason"}
            i18nStrings={{ errorIconAriaLabel: "Error", infoIconAriaLabel: "Information" }}
          >
            {delivery.reason}
          </Alert>
        )}
        <Container header={<Header variant="h2">Delivery</Header>}>
          <KeyValuePairs
            columns={4}
            items={[
              { label: "Period", value: delivery.period ? monthOf(delivery.period) : "–" },
              { label: "Billing account", value: <Copyable text={delivery.billing_account_id} /> },
              { label: "Source", value: kindOf(delivery.source) },
              { label: "Export", value: <span className="breakable">{delivery.export_name || "–"}</span> },
              { label: "Total billed", value: totalsOf(delivery) },
              { label: "Rows", value: count(delivery.source_rows) },
              {
                label: "Days",
                value:
                  delivery.first_day && delivery.last_day ? span(delivery.first_day, delivery.last_day) : "–",
              },
              { label: "Parts loaded", value: `${delivery.parts_loaded} of ${delivery.parts}` },
              {
                label: "Published",
                value: delivery.published_at ? timeOf(delivery.published_at) : "Not yet",
              },
              { label: "Version", value: <Copyable text={delivery.version} /> },
              { label: "Kept per", value: delivery.grain === "daily" ? "Day" : "Line item" },
              {
                label: "Estimated",
                value:
                  delivery.estimated_days.length === 0
                    ? "No day"
                    : `${counted(delivery.estimated_days.length, "day")} from ${dateOf(delivery.estimated_days[0] ?? "")}`,
              },
            ]}
          />
        </Container>
        <Container
          header={
            <Header
              variant="h2"
              counter={`(${delivery.files.length})`}
              description={`In s3://${delivery.bucket}, where the provider put them`}
            >
              Files
            </Header>
          }
        >
          <ul className="plain lines">
            {delivery.files.map((file) => (
              <li key={file}>
                <span className="breakable">{file}</span>
              </li>
            ))}
          </ul>
        </Container>
        {delivery.period && (
          <Link href={`/reconciliation?period=${delivery.period}`}>
            How the sources of {monthOf(delivery.period)} agree
          </Link>
        )}
      </SpaceBetween>
    </Page>
  );
}

function Prefer({ delivery }: { delivery: Delivery }) {
  const api = useApi();
  const [asking, setAsking] = useState(false);
  const preference = useChange({
    change: () =>
      bodyOf(
        api.PUT("/api/v1/deliveries/preference", {
          body: { billing_account_id: delivery.billing_account_id, source: delivery.source as "cur2" },
        }),
      ),
    affects: [DELIVERIES, ["/api/v1/costs"], ["freshness"]],
    success: `${kindOf(delivery.source)} counts now for ${delivery.billing_account_id}`,
    onSuccess: () => setAsking(false),
  });
  return (
    <>
      <Button onClick={() => setAsking(true)}>Let this source count</Button>
      {asking && (
        <ConfirmDialog
          title={`Let ${kindOf(delivery.source)} count?`}
          confirm="Let it count"
          pending={preference.isPending}
          problem={preference.error}
          onConfirm={() => preference.mutate(undefined)}
          onCancel={() => setAsking(false)}
        >
          In every period that has it, this source becomes what the figures of {delivery.billing_account_id}{" "}
          are made of; the one that counts now is kept for reconciliation.
        </ConfirmDialog>
      )}
    </>
  );
}
