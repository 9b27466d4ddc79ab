import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import { Tile } from "@/components/tile";
import { bodyOf, useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { counted } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { type Scan, scansOf } from "./queries";
import { Scores } from "./scores";
import { Trend } from "./trend";

export function Screen() {
  const query = useQuery(scansOf(useApi()));
  const latest = query.data?.items.find(({ status }) => status === "completed");
  return (
    <Page
      title="Tag compliance"
      description="How many resources carry all required tags, of those that a scan or the last bill knows."
      freshness={latest ? `As of the scan at ${timeOf(latest.scan_date)}` : "No scan yet"}
      actions={
        <>
          <Button href="/compliance/required-tags">Required tags</Button>
          <ScanButton underWay={query.data?.items[0]?.status === "in_progress"} />
        </>
      }
    >
      <Loaded query={query}>{({ items }) => <Scans scans={items} latest={latest} />}</Loaded>
    </Page>
  );
}

function Scans({ scans, latest }: { scans: readonly Scan[]; latest: Scan | undefined }) {
  const [newest] = scans;
  return (
    <SpaceBetween size="l">
      {newest?.status === "failed" && (
        <Alert type="error" header="The last scan failed" i18nStrings={{ errorIconAriaLabel: "Error" }}>
          {newest.reason}
        </Alert>
      )}
      {latest ? (
        <SpaceBetween size="l">
          <Figures scan={latest} before={completedBefore(scans, latest)} />
          <Trend scans={scans} />
          <Scores scan={latest} />
        </SpaceBetween>
      ) : (
        <Alert type="info" i18nStrings={{ infoIconAriaLabel: "Info" }}>
          No scan is completed yet. One runs each day after the inventory; an operator can start one now.
        </Alert>
      )}
    </SpaceBetween>
  );
}

function completedBefore(scans: readonly Scan[], latest: Scan): Scan | undefined {
  return scans.find(({ id, status }) => status === "completed" && id !== latest.id);
}

function Figures({ scan, before }: { scan: Scan; before: Scan | undefined }) {
  return (
    <div className="tiles">
      <Tile label="Fully tagged" value={scan.compliance_percentage ? `${scan.compliance_percentage}%` : "–"}>
        {pointsBetween(scan, before)}
      </Tile>
      <Tile label="Resources" value={count(scan.total_resources ?? 0)}>
        {counted(scan.exempt_resources ?? 0, "exempt", "exempt")},{" "}
        {counted(scan.untaggable_resources ?? 0, "cannot be tagged", "cannot be tagged")}
      </Tile>
      <Tile
        label="Untagged"
        value={
          <Link href="/compliance/untagged" fontSize="inherit">
            {count(scan.untagged_resources ?? 0)}
          </Link>
        }
      >
        <Link href="/compliance/tag-proposals?status=open" fontSize="inherit">
          See proposals
        </Link>{" "}
        for what they lack
      </Tile>
      <Tile label="Last scan took" value={counted(scan.scan_duration_seconds ?? 0, "second")}>
        Asked for by {scan.requested_by === "system" ? "the schedule" : scan.requested_by}
      </Tile>
    </div>
  );
}

function pointsBetween(scan: Scan, before: Scan | undefined): string {
  if (!before?.compliance_percentage || !scan.compliance_percentage)
    return "The first scan: nothing to compare with";
  const points = Number(scan.compliance_percentage) - Number(before.compliance_percentage);
  if (points === 0) return "As in the scan before";
  return `${points > 0 ? "▲ +" : "▼ −"}${Math.abs(points).toFixed(2)} points against the scan before`;
}

function ScanButton({ underWay }: { underWay: boolean }) {
  const api = useApi();
  const { can } = useMember();
  const { mutate, isPending } = useChange({
    change: () => bodyOf(api.POST("/api/v1/compliance/scans")),
    affects: [["/api/v1/compliance/scans"]],
    success: "A scan is under way",
    failure: "No scan was started",
  });
  if (!can("operate")) return null;
  return (
    <Button
      variant="primary"
      loading={isPending || underWay}
      loadingText="Scanning"
      onClick={() => mutate(undefined)}
    >
      Scan now
    </Button>
  );
}
