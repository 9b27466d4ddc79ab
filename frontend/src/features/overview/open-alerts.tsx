import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { SeverityBadge } from "@/components/severity";
import { useApi } from "@/lib/api/client";
import { shortDate } from "@/lib/format/dates";

import { openAlertsOf } from "./queries";

const SHOWN = 6;

export function OpenAlerts() {
  const query = useQuery(openAlertsOf(useApi()));
  const total = query.data ? `(${query.data.items.length}${query.data.next_cursor ? "+" : ""})` : "";
  return (
    <Container
      fitHeight
      header={
        <Header
          variant="h2"
          counter={total}
          actions={<Link href="/alerts?status=open">All open alerts</Link>}
        >
          Open alerts
        </Header>
      }
    >
      <Loaded query={query} space={205}>
        {({ items }) =>
          items.length === 0 ? (
            <Box color="text-body-secondary">Nothing is open.</Box>
          ) : (
            <ul className="plain lines">
              {items.slice(0, SHOWN).map((alert) => (
                <li key={alert.id}>
                  <Link href={`/alerts/${alert.id}`}>{alert.title}</Link>
                  <span className="row">
                    <SeverityBadge severity={alert.severity} />
                    <small className="quiet">{shortDate(alert.window_start)}</small>
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Container>
  );
}
