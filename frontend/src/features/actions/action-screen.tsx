import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { ActionStatus } from "@/components/action-status";
import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { Identifier } from "@/components/identifier";
import { Page } from "@/components/page";
import { Risk } from "@/components/risk";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { actionTypesOf, titleOf } from "@/lib/plans/action-types";
import { usePathParameter } from "@/lib/url-state";

import { ActionButtons } from "./action-buttons";
import { type ActionDetail, askedBy, hasEnded, savingOf } from "./action-words";
import { Evidence } from "./evidence";
import { Happened } from "./happened";
import { KillSwitch } from "./kill-switch";
import { Measured } from "./measured";
import { ActionPlan } from "./action-plan";
import { actionOf } from "./queries";
import { Stages } from "./stages-figure";
import { StepTable } from "./step-table";
import { Words } from "./words";

export function Screen() {
  const id = usePathParameter("id");
  const query = useQuery(actionOf(useApi(), id));
  return <Loaded query={query}>{(action) => <ActionPage key={action.id} action={action} />}</Loaded>;
}

function ActionPage({ action }: { action: ActionDetail }) {
  const { data } = useQuery(actionTypesOf(useApi()));
  return (
    <Page
      title={titleOf(data?.items, action.type)}
      parents={[{ text: "Actions", href: "/actions" }]}
      description={<Copyable text={action.resource_id} />}
      freshness={
        hasEnded(action)
          ? `Ended ${timeOf(action.finished_at ?? action.updated_at)}`
          : "Followed while it runs"
      }
      beside={<ActionStatus status={action.status} />}
      actions={<ActionButtons action={action} />}
    >
      <SpaceBetween size="l">
        {!hasEnded(action) && <KillSwitch />}
        <Stages action={action} />
        <Facts action={action} />
        <ColumnLayout columns={2}>
          <SpaceBetween size="l">
            <StepTable action={action} />
            <Words action={action} />
          </SpaceBetween>
          <ActionPlan action={action} />
        </ColumnLayout>
        <Evidence action={action} />
        <ColumnLayout columns={2}>
          <Happened action={action} />
          <Measured action={action} />
        </ColumnLayout>
      </SpaceBetween>
    </Page>
  );
}

function Facts({ action }: { action: ActionDetail }) {
  return (
    <Container header={<Header variant="h2">What it is about</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Account and region", value: `${action.account_id}, ${action.region}` },
          { label: "Projected saving a month", value: savingOf(action) },
          { label: "Risk", value: <Risk percent={action.risk} /> },
          { label: "Asked for by", value: askedBy(action) },
          { label: "Asked for", value: timeOf(action.created_at) },
          { label: "Begun", value: action.started_at ? timeOf(action.started_at) : "Not yet" },
          {
            label: "Recommendation",
            value: action.recommendation_id ? (
              <Link href={`/recommendations/${action.recommendation_id}`}>
                {shortId("recommendation", action.recommendation_id)}
              </Link>
            ) : (
              "None"
            ),
          },
          { label: "Id", value: <Identifier kind="action" id={action.id} /> },
        ]}
      />
    </Container>
  );
}
