import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { ActionStatus } from "@/components/action-status";
import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { PlanDifferences } from "@/components/plan/plan-differences";
import { PlanSteps } from "@/components/plan/plan-steps";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { actionTypesOf } from "@/lib/plans/action-types";
import { planOf } from "@/lib/plans/plan";
import { useMember } from "@/lib/session/member";

import { actionsFor, considerationsOf } from "./queries";
import type { RecommendationDetail } from "./recommendation-words";
import { useDryRun, useRequest } from "./use-recommendation";

/** The change that the platform can make itself: what it risks, a dry run, and asking for it. */
export function CarryOut({ found }: { found: RecommendationDetail }) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Planned first, made once somebody else has approved that plan"
          actions={<Ask found={found} />}
        >
          By the platform
        </Header>
      }
    >
      <SpaceBetween size="m">
        {found.change ? <Kind type={found.change.type} /> : <ByHandAlone />}
        {found.change && found.status === "open" && <DryRun id={found.id} />}
        <Asked id={found.id} />
        <Considered id={found.id} />
      </SpaceBetween>
    </Container>
  );
}

function ByHandAlone() {
  return (
    <Box color="text-body-secondary">
      The platform has no change for this one: people carry it out by the steps beside, and say here when it
      is done.
    </Box>
  );
}

function Kind({ type }: { type: string }) {
  const query = useQuery(actionTypesOf(useApi()));
  return (
    <Loaded query={query}>
      {({ items }) => {
        const kind = items.find((one) => one.type === type);
        if (!kind) return <code>{type}</code>;
        return (
          <KeyValuePairs
            columns={2}
            items={[
              { label: "Change", value: kind.title },
              { label: "Restarts it", value: kind.restarts ? "Yes" : "No" },
              { label: "What is lost", value: kind.loses ?? "Nothing" },
              { label: "Undone by", value: kind.undone_by ?? "Nothing: it cannot be undone" },
            ]}
          />
        );
      }}
    </Loaded>
  );
}

function Ask({ found }: { found: RecommendationDetail }) {
  const { can } = useMember();
  const navigate = useNavigate();
  const [key] = useState(() => crypto.randomUUID());
  const request = useRequest(found.id, key, (action) => void navigate({ to: `/actions/${action}` }));
  if (!can("operate") || !found.change || found.status !== "open") return null;
  return (
    <SpaceBetween size="xs">
      <Button variant="primary" loading={request.isPending} onClick={() => request.mutate(undefined)}>
        Request the change
      </Button>
      {request.error && <ProblemAlert error={request.error} />}
    </SpaceBetween>
  );
}

function DryRun({ id }: { id: string }) {
  const { can } = useMember();
  const dry = useDryRun(id);
  const plan = dry.data ? planOf(dry.data.plan) : null;
  if (!can("operate")) return null;
  return (
    <SpaceBetween size="s">
      <Button loading={dry.isPending} onClick={() => dry.mutate(undefined)}>
        Dry run
      </Button>
      {dry.error && <ProblemAlert error={dry.error} />}
      {plan && dry.data && (
        <>
          <PlanDifferences plan={plan} />
          <PlanSteps plan={plan} />
          <Box color="text-body-secondary" fontSize="body-s">
            The plan's digest, which an approval is bound to: <Copyable text={dry.data.digest} />
          </Box>
        </>
      )}
    </SpaceBetween>
  );
}

function Asked({ id }: { id: string }) {
  const { data } = useQuery(actionsFor(useApi(), id));
  if (!data || data.items.length === 0) return null;
  return (
    <div>
      <Box variant="h3">Asked for</Box>
      <ul className="plain lines">
        {data.items.map((action) => (
          <li key={action.id}>
            <Link href={`/actions/${action.id}`}>{shortId("action", action.id)}</Link>
            <ActionStatus status={action.status} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Considered({ id }: { id: string }) {
  const { data } = useQuery(considerationsOf(useApi(), id));
  const last = data?.items[0];
  if (!last) return null;
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      {last.verdict === "acted" ? "The system acted on its own: " : "The system left it to people: "}
      {last.reason} ({timeOf(last.at)}).
    </Box>
  );
}
