import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import { Copyable } from "@/components/copyable";
import { PlanDifferences } from "@/components/plan/plan-differences";
import { PlanSteps } from "@/components/plan/plan-steps";
import { Risk } from "@/components/risk";
import { useApi } from "@/lib/api/client";
import { ago, timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { counted } from "@/lib/format/words";
import { actionTypesOf } from "@/lib/plans/action-types";
import { planOf } from "@/lib/plans/plan";

import { type ApprovalDetail, APPROVERS, savingOf, STATUS_WORDS } from "./approval-words";
import { Decide } from "./decide";

/** One change, and all that has to be known before saying yes or no to it; made for a phone first. */
export function ChangeCard({ approval, onDecided }: { approval: ApprovalDetail; onDecided: () => void }) {
  const { action } = approval;
  const { data } = useQuery(actionTypesOf(useApi()));
  const kind = data?.items.find(({ type }) => type === action.type);
  const plan = planOf(approval.plan);
  const saving = savingOf(approval);
  return (
    <div className="change-card">
      <Container footer={<Decide approval={approval} onDecided={onDecided} />}>
        <SpaceBetween size="m">
          <div>
            <Box variant="h2">{kind?.title ?? action.type}</Box>
            <Copyable text={action.resource_id} />
            <Box
              color="text-body-secondary"
              fontSize="body-s"
            >{`Account ${action.account_id}, ${action.region}`}</Box>
          </div>
          <div className="row">
            <span className="tile-value">{saving ?? "No saving known"}</span>
            {saving && <span className="quiet">less a month</span>}
            <Risk percent={action.risk} />
          </div>
          {plan && <PlanDifferences plan={plan} />}
          {kind && (
            <KeyValuePairs
              columns={1}
              items={[
                { label: "What is lost", value: kind.loses ?? "Nothing" },
                {
                  label: "Rollback",
                  value: kind.undone_by ?? (
                    <StatusIndicator type="warning">None: it cannot be undone</StatusIndicator>
                  ),
                },
                { label: "Restarts it", value: kind.restarts ? "Yes" : "No" },
              ]}
            />
          )}
          {plan && (
            <ExpandableSection headerText={`The plan, ${counted(plan.steps.length, "call")}`} defaultExpanded>
              <PlanSteps plan={plan} />
              <Box color="text-body-secondary" fontSize="body-s" padding={{ top: "xs" }}>
                Your word binds this digest alone: <Copyable text={approval.digest} />
              </Box>
            </ExpandableSection>
          )}
          <Asked approval={approval} />
          <Said approval={approval} />
        </SpaceBetween>
      </Container>
    </div>
  );
}

function Asked({ approval }: { approval: ApprovalDetail }) {
  const { action, recommendation_id: recommendation } = approval;
  return (
    <KeyValuePairs
      columns={1}
      items={[
        {
          label: "Asked for by",
          value: `${approval.requested_by_name}, ${ago(approval.created_at, new Date())}`,
        },
        {
          label: "Takes",
          value:
            approval.approvals_needed > 1
              ? `${approval.approvals_needed} people: ${APPROVERS[approval.approver_role].toLowerCase()} each`
              : APPROVERS[approval.approver_role],
        },
        { label: "Expires", value: timeOf(approval.expires_at) },
        {
          label: "Why",
          value: (
            <span className="row">
              {recommendation && (
                <Link href={`/recommendations/${recommendation}`}>
                  {shortId("recommendation", recommendation)}
                </Link>
              )}
              <Link href={`/actions/${action.id}`}>{shortId("action", action.id)}</Link>
            </span>
          ),
        },
      ]}
    />
  );
}

/** What was said so far, with the comments. */
function Said({ approval }: { approval: ApprovalDetail }) {
  const { type, text } = STATUS_WORDS[approval.status];
  if (approval.status === "pending" && approval.decisions.length === 0) return null;
  return (
    <Alert type="info" i18nStrings={{ infoIconAriaLabel: "Information" }}>
      <StatusIndicator type={type}>{text}</StatusIndicator>
      <ul className="plain">
        {approval.decisions.map((one) => (
          <li key={one.user_id}>
            {`${one.user_name} ${one.decision} it, ${timeOf(one.decided_at)}${one.comment ? `: ${one.comment}` : ""}`}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
