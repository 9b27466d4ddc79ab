import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { Copyable } from "@/components/copyable";
import { PlanDifferences } from "@/components/plan/plan-differences";
import { PlanSteps } from "@/components/plan/plan-steps";
import { useApi } from "@/lib/api/client";
import { actionTypesOf } from "@/lib/plans/action-types";
import { type Plan, planOf } from "@/lib/plans/plan";

import type { ActionDetail } from "./action-words";

/** What was frozen before anybody allowed it, with the way back. */
export function ActionPlan({ action }: { action: ActionDetail }) {
  const plan = planOf(action.plan);
  const { data } = useQuery(actionTypesOf(useApi()));
  const kind = data?.items.find(({ type }) => type === action.type);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Frozen when the resource was read; only this very plan can be approved"
        >
          Plan
        </Header>
      }
    >
      {plan === null || action.digest === null ? (
        <Box color="text-body-secondary">The resource was not read yet.</Box>
      ) : (
        <SpaceBetween size="m">
          <PlanDifferences plan={plan} />
          <PlanSteps plan={plan} />
          {kind && (
            <KeyValuePairs
              columns={2}
              items={[
                { label: "What is lost", value: kind.loses ?? "Nothing" },
                { label: "Undone by", value: kind.undone_by ?? "Nothing: it cannot be undone" },
              ]}
            />
          )}
          <Digest digest={action.digest} />
          <Whole plan={plan} />
        </SpaceBetween>
      )}
    </Container>
  );
}

function Digest({ digest }: { digest: string }) {
  return (
    <Box color="text-body-secondary" fontSize="body-s">
      Digest <Copyable text={digest} />
    </Box>
  );
}

function Whole({ plan }: { plan: Plan }) {
  return (
    <ExpandableSection headerText="The whole plan, as it is digested">
      {/* A region that scrolls has to be reachable by the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="scrolled" tabIndex={0} aria-label="Plan as JSON">
        {JSON.stringify(plan, null, 2)}
      </pre>
    </ExpandableSection>
  );
}
