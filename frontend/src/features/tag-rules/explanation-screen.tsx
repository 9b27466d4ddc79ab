import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";

import { Loaded } from "@/components/feedback/loaded";
import { Page } from "@/components/page";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { sentenceCase } from "@/lib/format/words";
import { useUrlState } from "@/lib/url-state";

import { addressWith } from "./drafts";
import { Standing } from "./standing";

type Explanation = components["schemas"]["ExplanationOut"];

export function Screen() {
  const [search, change] = useUrlState();
  const resource = search["resource_id"] ?? "";
  return (
    <Page
      title="Whose cost is it?"
      description="Every rule that would take the cost of a resource, in order, and which of them decides."
      freshness={<Standing />}
    >
      <SpaceBetween size="l">
        <Question key={resource} resource={resource} ask={(resource_id) => change({ resource_id })} />
        {resource && <Answer resource={resource} account={search["account_id"]} />}
      </SpaceBetween>
    </Page>
  );
}

function Question({ resource, ask }: { resource: string; ask: (resource: string) => void }) {
  const [written, setWritten] = useState(resource);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    ask(written.trim());
  };
  return (
    <Container>
      <form onSubmit={submit}>
        <FormField
          label="Resource"
          constraintText="Its id or ARN, as bills name it."
          secondaryControl={<Button formAction="submit">Explain</Button>}
        >
          <Input
            value={written}
            spellcheck={false}
            placeholder="i-0abc1234def567890"
            onChange={({ detail }) => setWritten(detail.value)}
          />
        </FormField>
      </form>
    </Container>
  );
}

function Answer({ resource, account }: { resource: string; account: string | undefined }) {
  const api = useApi();
  const asked = { resource_id: resource, account_id: account };
  const query = useQuery({
    queryKey: ["/api/v1/attribution/explanation", asked],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/attribution/explanation", { params: { query: asked }, signal })),
  });
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Box color="text-body-secondary">No current bill names this resource.</Box>
        ) : (
          <SpaceBetween size="l">
            {items.map((item) => (
              <Explained key={JSON.stringify(item)} explanation={item} />
            ))}
          </SpaceBetween>
        )
      }
    </Loaded>
  );
}

function Explained({ explanation }: { explanation: Explanation }) {
  const { provider_service, account_id, resource_id, tags, normalized_tags, matches } = explanation;
  const team = matches.find(({ decides }) => decides.includes("team"))?.team;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={`${provider_service} in account ${account_id}`}
          actions={resource_id && <Button href={ruleFor(resource_id)}>Name its owner</Button>}
        >
          {team ? `It is the cost of ${team}` : "It is nobody's cost yet"}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={2}
          items={[
            { label: "Tags on the bill", value: <Tags tags={tags} /> },
            { label: "As the tag rules read them", value: <Tags tags={normalized_tags} /> },
          ]}
        />
        <Matches matches={matches} />
      </SpaceBetween>
    </Container>
  );
}

function Tags({ tags }: { tags: Record<string, string> }) {
  const pairs = Object.entries(tags);
  if (pairs.length === 0) return <>None</>;
  return (
    <ul className="plain">
      {pairs.map(([key, value]) => (
        <li key={key}>
          <code className="breakable">{`${key}=${value}`}</code>
        </li>
      ))}
    </ul>
  );
}

function Matches({ matches }: { matches: Explanation["matches"] }) {
  return (
    <Table
      variant="embedded"
      header={<Header variant="h3">Rules that would take it, in their order</Header>}
      ariaLabels={{ tableLabel: "Rules that would take it" }}
      items={matches}
      columnDefinitions={[
        {
          id: "rule",
          header: "Rule",
          isRowHeader: true,
          cell: ({ rule_id, rule_name }) => <Link href={`/attribution-rules/${rule_id}`}>{rule_name}</Link>,
        },
        { id: "team", header: "Team", cell: ({ team }) => team ?? "–" },
        { id: "service", header: "Service", cell: ({ service }) => service ?? "–" },
        {
          id: "decides",
          header: "Decides",
          cell: ({ decides }) =>
            decides.length > 0 ? (
              <StatusIndicator type="success">{sentenceCase(decides.join(" and "))}</StatusIndicator>
            ) : (
              <Box color="text-body-secondary">Nothing: an earlier one did</Box>
            ),
        },
      ]}
      empty="No rule takes it."
    />
  );
}

function ruleFor(resource: string): string {
  const address = addressWith("https://here/attribution-rules/new", {
    rule_name: `Owner of ${resource}`.slice(0, 255),
    kind: "resource",
    match_values: [resource],
  });
  return address.slice("https://here".length);
}
