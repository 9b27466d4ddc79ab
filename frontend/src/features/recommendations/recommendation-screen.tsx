import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { Identifier } from "@/components/identifier";
import { Page } from "@/components/page";
import { Risk } from "@/components/risk";
import { SeverityBadge } from "@/components/severity";
import { Trail } from "@/components/trail";
import { useApi } from "@/lib/api/client";
import { dateOf, timeOf } from "@/lib/format/dates";
import { money, percent } from "@/lib/format/money";
import { sentenceCase } from "@/lib/format/words";
import { usePathParameter } from "@/lib/url-state";

import { CarryOut } from "./carry-out";
import { Conflicts } from "./conflicts";
import { Configuration, Evidence } from "./evidence";
import { recommendationOf } from "./queries";
import { RecommendationActions } from "./recommendation-actions";
import { type RecommendationDetail, savingOf, statusOf, stepsOf } from "./recommendation-words";

export function Screen() {
  const id = usePathParameter("id");
  const query = useQuery(recommendationOf(useApi(), id));
  return <Loaded query={query}>{(found) => <RecommendationPage key={found.id} found={found} />}</Loaded>;
}

function RecommendationPage({ found }: { found: RecommendationDetail }) {
  return (
    <Page
      title={found.title}
      parents={[{ text: "Recommendations", href: "/recommendations" }]}
      description={found.description}
      freshness={`Judged on ${timeOf(found.updated_at)}, at the rates of the bill`}
      beside={<SeverityBadge severity={found.severity} />}
      actions={<RecommendationActions found={found} />}
    >
      <SpaceBetween size="l">
        <Facts found={found} />
        <ColumnLayout columns={2}>
          <SpaceBetween size="l">
            <CarryOut found={found} />
            <Conflicts found={found} />
          </SpaceBetween>
          <SpaceBetween size="l">
            <Container
              header={
                <Header variant="h2" description={found.impact}>
                  By hand
                </Header>
              }
            >
              <ol className="plan-steps">
                {stepsOf(found).map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </Container>
            <Configuration found={found} />
          </SpaceBetween>
        </ColumnLayout>
        <Evidence found={found} />
        <Trail of="recommendation" id={found.id} />
      </SpaceBetween>
    </Page>
  );
}

function Facts({ found }: { found: RecommendationDetail }) {
  const { type, text } = statusOf(found);
  const { monthly_savings: saved, currency } = found;
  const items = [
    { label: "Status", value: <StatusIndicator type={type}>{text}</StatusIndicator> },
    { label: "Net saving a month", value: savingOf(found) },
    {
      label: "Projected for a year",
      value: saved === null || currency === null ? "Not known" : money(Number(saved) * 12, currency),
    },
    { label: "Risk of the change", value: <Risk percent={found.risk} /> },
    { label: "Confidence", value: percent(Number(found.confidence), 0) },
    { label: "Owner", value: found.owner ?? "Nobody" },
    { label: "Resource", value: found.resource_id ? <Copyable text={found.resource_id} /> : "–" },
    {
      label: "Account and region",
      value: [found.account_id, found.region].filter(Boolean).join(", ") || "–",
    },
    { label: "Service", value: found.service_name ?? "–" },
    { label: "Type and check", value: `${sentenceCase(found.type)}, ${found.check_id}` },
    { label: "Found", value: dateOf(found.created_at) },
    { label: "Id", value: <Identifier kind="recommendation" id={found.id} /> },
  ];
  return (
    <Container>
      <SpaceBetween size="m">
        <KeyValuePairs columns={4} items={items} />
        {found.dismissed_reason && (
          <StatusIndicator type="stopped">
            {`Dismissed${found.dismissed_until ? ` until ${dateOf(found.dismissed_until)}` : " for good"}: ${found.dismissed_reason}`}
          </StatusIndicator>
        )}
        {found.alert_id && <Link href={`/alerts/${found.alert_id}`}>The alert that it answers</Link>}
      </SpaceBetween>
    </Container>
  );
}
