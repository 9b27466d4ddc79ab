import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";

import { CodeBlock } from "@/components/code-block";
import { Loaded } from "@/components/feedback/loaded";
import type { components } from "@/generated/api";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";

import { permissionsOf } from "./queries";

type Missing = components["schemas"]["MissingPermissionOut"];

/** What the last readings were denied, and the statement that lets the role do it. */
export function Permissions({ id }: { id: string }) {
  const query = useQuery(permissionsOf(useApi(), id));
  return (
    <Loaded query={query}>
      {({ items, policy }) => (
        <SpaceBetween size="m">
          <Table<Missing>
            variant="container"
            wrapLines
            items={items}
            trackBy={({ action, resource }) => `${action} ${resource}`}
            ariaLabels={{ tableLabel: "Missing permissions" }}
            header={
              <Header
                variant="h2"
                counter={items.length > 0 ? `(${items.length})` : undefined}
                description="What the last scans, metric readings and data sources were denied"
              >
                Missing permissions
              </Header>
            }
            columnDefinitions={[
              {
                id: "action",
                header: "Action",
                isRowHeader: true,
                cell: ({ action }) => <span className="breakable">{action}</span>,
              },
              {
                id: "resource",
                header: "On",
                cell: ({ resource }) => <span className="breakable">{resource}</span>,
              },
              {
                id: "needed",
                header: "Needed for",
                minWidth: 200,
                cell: ({ needed_for }) => needed_for.join(", "),
              },
              {
                id: "refused",
                header: "Refused",
                cell: ({ refused_at }) => (refused_at ? timeOf(refused_at) : "–"),
              },
            ]}
            empty={
              <Box textAlign="center">
                <StatusIndicator type="success">Nothing was denied lately</StatusIndicator>
              </Box>
            }
            footer={
              policy && (
                <SpaceBetween size="xs">
                  <span>
                    Attach this policy to the role; what it lacks is found anew with the next scan.
                    {items.some(({ action }) => action === "sts:AssumeRole") &&
                      " sts:AssumeRole is not in it: the trust policy above gives it."}
                  </span>
                  <CodeBlock
                    title="Policy that adds what is missing"
                    text={JSON.stringify(policy, null, 2)}
                  />
                </SpaceBetween>
              )
            }
          />
        </SpaceBetween>
      )}
    </Loaded>
  );
}
