import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { SeverityBadge } from "@/components/severity";
import { useApi } from "@/lib/api/client";
import { signedMoney } from "@/lib/format/money";

import { openAlertsOf } from "./queries";

/** The open cost alert that added most. */
export function TopAnomaly() {
  const query = useQuery(openAlertsOf(useApi()));
  return (
    <Container fitHeight header={<Header variant="h2">Largest open anomaly</Header>}>
      <Loaded query={query} space={180}>
        {({ items }) => {
          const [top] = items
            .filter(({ alert_type, currency }) => alert_type === "cost" && currency !== null)
            .sort((one, other) => Number(other.excess) - Number(one.excess));
          if (!top) return <Box color="text-body-secondary">No cost is out of the ordinary.</Box>;
          return (
            <SpaceBetween size="xs">
              <div className="row">
                <span className="tile-value">{signedMoney(top.excess, top.currency ?? "USD")}</span>
                <SeverityBadge severity={top.severity} />
              </div>
              <Link href={`/alerts/${top.id}`} fontSize="heading-s">
                {top.title}
              </Link>
              <Box color="text-body-secondary">{top.description}</Box>
            </SpaceBetween>
          );
        }}
      </Loaded>
    </Container>
  );
}
