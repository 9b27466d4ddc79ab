import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Grid from "@cloudscape-design/components/grid";
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
import { SeverityBadge } from "@/components/severity";
import { bodyOf, useApi } from "@/lib/api/client";
import type { Versioned } from "@/lib/api/versioned";
import { timeOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";
import { usePathParameter } from "@/lib/url-state";

import { RequestException } from "./exception-request";
import { Expression } from "./expression";
import { Evaluated } from "./freshness";
import { type Policy, policyOf, trialOf } from "./queries";
import { TrialPanel } from "./trial";
import { OF_POLICIES } from "./words";

export function Screen() {
  const id = usePathParameter("id");
  const query = useQuery(policyOf(useApi(), id));
  return <Loaded query={query}>{(kept) => <PolicyPage kept={kept} />}</Loaded>;
}

function PolicyPage({ kept }: { kept: Versioned<Policy> }) {
  const policy = kept.value;
  const { can } = useMember();
  return (
    <Page
      title={policy.name}
      parents={[{ text: "Policies", href: "/policies" }]}
      description={policy.description}
      freshness={<Evaluated />}
      beside={<SeverityBadge severity={policy.severity} />}
      actions={<Actions kept={kept} />}
    >
      <SpaceBetween size="l">
        <Facts policy={policy} />
        <Grid gridDefinition={[{ colspan: { default: 12, m: 5 } }, { colspan: { default: 12, m: 7 } }]}>
          <SpaceBetween size="l">
            <Container
              header={
                <Header variant="h2" description="A resource that this is true of violates the policy">
                  Expression
                </Header>
              }
            >
              <Expression tree={policy.expression} />
              <ExpandableSection headerText="As JSON" variant="footer">
                <Box variant="code">
                  <pre className="json">{JSON.stringify(policy.expression, null, 2)}</pre>
                </Box>
              </ExpandableSection>
            </Container>
            <Remediation text={policy.remediation} />
          </SpaceBetween>
          {can("operate") ? <Trial policy={policy} /> : <div />}
        </Grid>
      </SpaceBetween>
    </Page>
  );
}

function Facts({ policy }: { policy: Policy }) {
  return (
    <Container>
      <KeyValuePairs
        columns={4}
        minColumnWidth={160}
        items={[
          {
            label: "Status",
            value: (
              <StatusIndicator type={OF_POLICIES[policy.status] ?? "info"}>
                {sentenceCase(policy.status)}
              </StatusIndicator>
            ),
          },
          { label: "Type", value: sentenceCase(policy.type) },
          {
            label: "Effect",
            value:
              policy.effect === "recommend" ? "Makes a recommendation of each violation" : "Only records",
          },
          {
            label: "Open violations",
            value: (
              <Link href={`/violations?status=open&policy=${encodeURIComponent(policy.id)}`}>See them</Link>
            ),
          },
          {
            label: "Looks at",
            value: `${policy.resource_types.join(", ") || "All types"} of ${policy.provider.toUpperCase()}`,
          },
          { label: "Account", value: policy.scope ?? "All" },
          { label: "Id", value: <Copyable text={policy.id} /> },
          {
            label: policy.built_in ? "Built in since" : "Changed",
            value: timeOf(policy.built_in ? policy.created_at : policy.updated_at),
          },
        ]}
      />
    </Container>
  );
}

function Remediation({ text }: { text: string }) {
  const steps = text.split("\n").filter((step) => step.trim() !== "");
  if (steps.length === 0) return null;
  return (
    <Container header={<Header variant="h2">How to mend it</Header>}>
      <ol className="plan-steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </Container>
  );
}

function Trial({ policy }: { policy: Policy }) {
  const query = useQuery(trialOf(useApi(), policy));
  return <TrialPanel query={query} wanting={null} />;
}

function Actions({ kept }: { kept: Versioned<Policy> }) {
  const { can } = useMember();
  const policy = kept.value;
  const [asking, setAsking] = useState(false);
  return (
    <>
      {can("operate") && <Button onClick={() => setAsking(true)}>Request an exception</Button>}
      {can("administer") && (
        <>
          {!policy.built_in && <RemoveButton kept={kept} />}
          {!policy.built_in && (
            <Button href={`/policies/${encodeURIComponent(policy.id)}/edit`}>Change</Button>
          )}
          <SwitchButton kept={kept} />
        </>
      )}
      {asking && <RequestException policy={policy} onClose={() => setAsking(false)} />}
    </>
  );
}

const AFFECTED = [["/api/v1/policies"], ["/api/v1/violations"], ["/api/v1/violations/summary"]];

function SwitchButton({ kept }: { kept: Versioned<Policy> }) {
  const api = useApi();
  const enabled = kept.value.status === "enabled";
  const { mutate, isPending } = useChange({
    change: (status: Policy["status"]) =>
      bodyOf(
        api.PATCH("/api/v1/policies/{policy_id}", {
          params: { path: { policy_id: kept.value.id }, header: { "if-match": kept.etag } },
          body: { status },
        }),
      ),
    affects: AFFECTED,
    success: enabled ? "The policy is disabled, its violations are closed" : "The policy is enabled",
    failure: "The policy was not changed",
  });
  return (
    <Button
      variant={enabled ? "normal" : "primary"}
      loading={isPending}
      onClick={() => mutate(enabled ? "disabled" : "enabled")}
    >
      {enabled ? "Disable" : "Enable"}
    </Button>
  );
}

function RemoveButton({ kept }: { kept: Versioned<Policy> }) {
  const api = useApi();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const removal = useChange({
    change: () =>
      api.DELETE("/api/v1/policies/{policy_id}", {
        params: { path: { policy_id: kept.value.id }, header: { "if-match": kept.etag } },
      }),
    affects: AFFECTED,
    success: "The policy is deleted",
    onSuccess: () => void navigate({ to: POLICIES.href }),
  });
  return (
    <>
      <Button onClick={() => setAsked(true)}>Delete</Button>
      {asked && (
        <ConfirmDialog
          title="Delete this policy"
          confirm="Delete"
          pending={removal.isPending}
          problem={removal.error}
          onCancel={() => setAsked(false)}
          onConfirm={() => removal.mutate(undefined)}
        >
          <Box>Its violations are kept under its name, and closed.</Box>
        </ConfirmDialog>
      )}
    </>
  );
}

const POLICIES = { href: "/policies" };
