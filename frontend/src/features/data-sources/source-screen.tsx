import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import { Trail } from "@/components/trail";
import { bodyOf, useApi } from "@/lib/api/client";
import type { Versioned } from "@/lib/api/versioned";
import { timeOf } from "@/lib/format/dates";
import { counted } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";
import { usePathParameter } from "@/lib/url-state";

import { healthOf, kindOf, type Source, titleOf } from "./delivery-words";
import { accountsOf, SOURCES, sourceOf } from "./queries";

export function Screen() {
  const query = useQuery(sourceOf(useApi(), usePathParameter("id")));
  return <Loaded query={query}>{(found) => <SourcePage found={found} />}</Loaded>;
}

function SourcePage({ found }: { found: Versioned<Source> }) {
  const source = found.value;
  const { can } = useMember();
  const { type, text } = healthOf(source);
  return (
    <Page
      title={source.bucket ? `s3://${source.bucket}/${source.prefix}` : kindOf(source.kind)}
      parents={[{ text: "Data sources", href: "/data-sources" }]}
      description="Where bills are read from, when, and what came of it last."
      freshness={source.last_run_at ? `Read ${timeOf(source.last_run_at)}` : "Never read"}
      beside={<StatusIndicator type={type}>{text}</StatusIndicator>}
      actions={can("administer") && <Actions found={found} />}
    >
      <SpaceBetween size="m">
        {source.last_error && (
          <Alert type="error" header="The last run failed" i18nStrings={{ errorIconAriaLabel: "Error" }}>
            {source.last_error}
          </Alert>
        )}
        {source.missing_actions.length > 0 && (
          <Alert
            type="warning"
            header="Its role lacks permissions"
            i18nStrings={{ warningIconAriaLabel: "Warning" }}
          >
            {source.missing_actions.join(", ")}.{" "}
            {source.cloud_account_id && (
              <Link href={`/accounts/${source.cloud_account_id}`}>See the statement that adds them</Link>
            )}
          </Alert>
        )}
        <Facts source={source} />
        <Trail of="data_source" id={source.id} />
      </SpaceBetween>
    </Page>
  );
}

function Facts({ source }: { source: Source }) {
  const { data } = useQuery(accountsOf(useApi()));
  const account = data?.items.find(({ id }) => id === source.cloud_account_id);
  const delivery = source.last_delivery;
  return (
    <Container header={<Header variant="h2">Source</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Kind", value: kindOf(source.kind) },
          { label: "Bucket", value: source.bucket ? <Copyable text={source.bucket} /> : "–" },
          { label: "Prefix", value: <span className="breakable">{source.prefix || "–"}</span> },
          {
            label: "Account",
            value: account ? (
              <Link href={`/accounts/${account.id}`}>{account.name ?? account.account_id}</Link>
            ) : (
              "The platform's own"
            ),
          },
          { label: "Schedule (UTC)", value: source.schedule },
          { label: "Switched on", value: source.enabled ? "Yes" : "No" },
          { label: "Looks back", value: counted(source.backfill_months, "month") },
          { label: "Kept per", value: source.grain === "daily" ? "Day" : "Line item" },
          {
            label: "Last delivery",
            value: delivery ? (
              <Link href={`/deliveries/${delivery.id}`}>{titleOf(delivery)}</Link>
            ) : (
              "None yet"
            ),
          },
          ...(source.metrics ? [{ label: "Costs asked for", value: source.metrics.join(", ") }] : []),
        ]}
      />
    </Container>
  );
}

function Actions({ found }: { found: Versioned<Source> }) {
  const api = useApi();
  const navigate = useNavigate();
  const [removing, setRemoving] = useState(false);
  const { value: source, etag } = found;
  const path = { source_id: source.id };
  const run = useChange({
    change: () => bodyOf(api.POST("/api/v1/data-sources/{source_id}/run", { params: { path }, body: {} })),
    affects: [SOURCES, ["/api/v1/events"]],
    success: "The source is looked into now",
    failure: "The run was not queued",
  });
  const toggle = useChange({
    change: () =>
      bodyOf(
        api.PATCH("/api/v1/data-sources/{source_id}", {
          params: { path, header: { "if-match": etag } },
          body: { enabled: !source.enabled },
        }),
      ),
    affects: [SOURCES, ["/api/v1/events"]],
    success: source.enabled ? "The source is switched off" : "The source is switched on",
    failure: "The source was not changed",
  });
  const removal = useChange({
    change: () =>
      api.DELETE("/api/v1/data-sources/{source_id}", { params: { path, header: { "if-match": etag } } }),
    affects: [SOURCES],
    success: "The source is removed",
    onSuccess: () => void navigate({ to: "/data-sources" as never }),
  });
  return (
    <>
      <Button variant="primary" loading={run.isPending} onClick={() => run.mutate(undefined)}>
        Run now
      </Button>
      <Button loading={toggle.isPending} onClick={() => toggle.mutate(undefined)}>
        {source.enabled ? "Switch off" : "Switch on"}
      </Button>
      <Button onClick={() => setRemoving(true)}>Remove</Button>
      {removing && (
        <ConfirmDialog
          title="Remove this source?"
          confirm="Remove"
          pending={removal.isPending}
          problem={removal.error}
          onConfirm={() => removal.mutate(undefined)}
          onCancel={() => setRemoving(false)}
        >
          It is read no more. What it brought in stays.
        </ConfirmDialog>
      )}
    </>
  );
}
