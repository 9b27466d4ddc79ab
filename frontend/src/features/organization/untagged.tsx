import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { money } from "@/lib/format/money";

import { type Team, untaggedOf } from "./queries";

type Resource = components["schemas"]["UntaggedResourceOut"];

/** The team's dearest resources without all required tags. */
export function Untagged({ team }: { team: Team }) {
  const query = useQuery(untaggedOf(useApi(), team.id));
  return (
    <Loaded query={query}>
      {({ items, next_cursor }) => (
        <Table<Resource>
          variant="container"
          wrapLines
          items={items}
          trackBy="resource_id"
          header={
            <Header
              variant="h2"
              counter={`(${items.length}${next_cursor ? "+" : ""})`}
              description={
                items[0]
                  ? `The dearest first, with the effective cost of the last 30 days; as of the scan at ${timeOf(items[0].discovered_at)}`
                  : "As of the latest scan of tags"
              }
              actions={
                <Link href={`/compliance/untagged?team=${team.id}`} fontSize="body-m">
                  All of them
                </Link>
              }
            >
              Untagged resources
            </Header>
          }
          ariaLabels={{ tableLabel: "Untagged resources" }}
          columnDefinitions={[
            {
              id: "resource",
              header: "Resource",
              isRowHeader: true,
              minWidth: 200,
              cell: ({ resource_id }) => <Copyable text={resource_id} />,
            },
            { id: "type", header: "Type", cell: ({ resource_type }) => resource_type },
            {
              id: "missing",
              header: "Missing",
              cell: ({ missing_tags, refused_tags }) => [...missing_tags, ...refused_tags].join(", "),
            },
            {
              id: "cost",
              header: <div className="number">Cost, 30 days</div>,
              cell: ({ monthly_cost, currency }) => (
                <div className="number">{money(monthly_cost, currency)}</div>
              ),
            },
          ]}
          empty={
            <Box textAlign="center" padding="s">
              <StatusIndicator type="success">Every resource of this team carries its tags.</StatusIndicator>
            </Box>
          }
        />
      )}
    </Loaded>
  );
}
