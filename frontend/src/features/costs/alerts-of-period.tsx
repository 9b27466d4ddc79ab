import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";

import { SeverityBadge } from "@/components/severity";
import type { components } from "@/generated/api";
import { signedMoney } from "@/lib/format/money";
import { counted } from "@/lib/format/words";

type Alert = components["schemas"]["AlertOut"];

const SHOWN = 8;

/** What was out of the ordinary in the days that are looked at, what added most first. */
export function AlertsOfPeriod({ alerts }: { alerts: readonly Alert[] }) {
  const largest = [...alerts].sort((one, other) => Number(other.excess) - Number(one.excess));
  if (largest.length === 0) return null;
  return (
    <Container
      header={
        <Header variant="h2" description="What left its usual range, the largest excess first">
          Alerts in these days
        </Header>
      }
      footer={
        largest.length > SHOWN && (
          <Link href="/alerts?alert_type=cost">All {counted(largest.length, "alert")}</Link>
        )
      }
    >
      <ul className="plain lines">
        {largest.slice(0, SHOWN).map((alert) => (
          <li key={alert.id}>
            <div className="row">
              <SeverityBadge severity={alert.severity} />
              <Link href={`/alerts/${alert.id}`}>{alert.title}</Link>
            </div>
            <span className="number">{signedMoney(alert.excess, alert.currency ?? "USD")}</span>
          </li>
        ))}
      </ul>
    </Container>
  );
}
