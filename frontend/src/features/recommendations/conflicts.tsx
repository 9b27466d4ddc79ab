import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { useApi } from "@/lib/api/client";

import { aboutResource } from "./queries";
import { conflicts, type Recommendation, savingOf, statusOf } from "./recommendation-words";

const OVER: ReadonlySet<string> = new Set(["done", "rejected", "dismissed", "expired"]);

/** Other findings about the same resource: those that this one excludes, and those that add to it. */
export function Conflicts({ found }: { found: Recommendation }) {
  if (found.resource_id === null) return null;
  return <Others found={found} resource={found.resource_id} />;
}

function Others({ found, resource }: { found: Recommendation; resource: string }) {
  const query = useQuery(aboutResource(useApi(), resource));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Of those about the same part only the best counts in sums; the others add up"
        >
          About the same resource
        </Header>
      }
    >
      <Loaded query={query}>
        {({ items }) => {
          const others = items.filter(({ id, status }) => id !== found.id && !OVER.has(status));
          const against = others.filter((other) => conflicts(found, other));
          const beside = others.filter((other) => !conflicts(found, other));
          return (
            <SpaceBetween size="m">
              <Group title="Instead of it" rows={against} none="Nothing excludes it." />
              {beside.length > 0 && <Group title="Beside it" rows={beside} none="" />}
            </SpaceBetween>
          );
        }}
      </Loaded>
    </Container>
  );
}

function Group({ title, rows, none }: { title: string; rows: readonly Recommendation[]; none: string }) {
  return (
    <div>
      <Box variant="h3">{title}</Box>
      {rows.length === 0 ? (
        <Box color="text-body-secondary">{none}</Box>
      ) : (
        <ul className="plain lines">
          {rows.map((one) => (
            <li key={one.id}>
              <Link href={`/recommendations/${one.id}`}>{one.title}</Link>
              <span className="quiet">
                {savingOf(one)}
                {one.status !== "open" && `, ${statusOf(one).text.toLowerCase()}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
