import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { SeverityBadge } from "@/components/severity";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { dateOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { counted, sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { RequestException } from "./exception-request";
import { Evaluated } from "./freshness";
import { countsOf, scansOf, type Violation } from "./queries";
import { ScanButton } from "./scan-button";
import { OF_VIOLATIONS, SEVERITIES } from "./words";

const FILTERS: readonly Filter<FilterKey<"/api/v1/violations">>[] = [
  { key: "status", label: "Status", values: ["open", "suppressed", "fixed"] },
  { key: "severity", label: "Severity", values: SEVERITIES },
  { key: "policy", label: "Policy", field: "policy_id" },
  { key: "resource", label: "Resource", field: "resource_id" },
  { key: "account", label: "Account", field: "account_id" },
];

const COLUMNS: readonly Column<Violation>[] = [
  {
    id: "policy",
    header: "Policy",
    isRowHeader: true,
    minWidth: 220,
    cell: ({ policy_id, policy_name }) =>
      policy_id ? (
        <Link href={`/policies/${encodeURIComponent(policy_id)}`}>{policy_name}</Link>
      ) : (
        policy_name
      ),
  },
  { id: "severity", header: "Severity", cell: ({ severity }) => <SeverityBadge severity={severity} /> },
  {
    id: "status",
    header: "Status",
    cell: ({ status }) => (
      <StatusIndicator type={OF_VIOLATIONS[status] ?? "info"}>{sentenceCase(status)}</StatusIndicator>
    ),
  },
  {
    id: "resource",
    header: "Resource",
    cell: ({ resource_id }) => <Copyable text={resource_id} />,
  },
  {
    id: "why",
    header: "Why",
    minWidth: 170,
    maxWidth: 300,
    cell: ({ reason }) => <span className="breakable">{reason}</span>,
  },
  { id: "first-seen", header: "First seen", cell: ({ first_seen }) => dateOf(first_seen) },
  { id: "last-seen", header: "Last seen", cell: ({ last_seen }) => dateOf(last_seen) },
  { id: "account", header: "Account", cell: ({ account_id }) => account_id, optional: true },
  { id: "type", header: "Type", cell: ({ resource_type }) => resource_type, optional: true },
  { id: "region", header: "Region", cell: ({ region }) => region ?? "–", optional: true },
  {
    id: "team",
    header: "Team",
    cell: ({ team_id }) => (team_id ? <Link href={`/teams/${team_id}`}>See</Link> : "None"),
    optional: true,
  },
];

export function Screen() {
  const list = useList({ name: "violations", path: "/api/v1/violations", filters: FILTERS });
  const { can } = useMember();
  const [selected, setSelected] = useState<Violation[]>([]);
  const [asking, setAsking] = useState(false);
  const [chosen] = selected;
  return (
    <>
      <ListScreen
        list={list}
        noun="violations"
        title="Violations"
        description="Where a policy does not hold, the most severe first. Each is kept from when it was first seen until it is mended."
        freshness={<Evaluated />}
        actions={
          <>
            {can("operate") && (
              <Button disabled={chosen?.status !== "open"} onClick={() => setAsking(true)}>
                Request an exception
              </Button>
            )}
            <ScanButton />
          </>
        }
        above={<Counts />}
        columns={COLUMNS}
        rowId={({ id }) => id}
        selection={
          can("operate")
            ? {
                selected,
                type: "single",
                onChange: setSelected,
                label: ({ policy_name, resource_name }) => `${policy_name}: ${resource_name}`,
              }
            : undefined
        }
        empty={<NothingFound />}
      />
      {asking && chosen && <RequestException violation={chosen} onClose={() => setAsking(false)} />}
    </>
  );
}

function Counts() {
  const query = useQuery(countsOf(useApi()));
  return (
    <Loaded query={query}>
      {({ items }) => (
        <div className="tiles">
          {SEVERITIES.map((severity) => {
            const found = items.find((one) => one.severity === severity);
            return (
              <Tile
                key={severity}
                label={`${sentenceCase(severity)}, open`}
                value={
                  <Link href={`/violations?status=open&severity=${severity}`} fontSize="inherit">
                    {count(found?.open ?? 0)}
                  </Link>
                }
              >
                {count(found?.suppressed ?? 0)} accepted by exceptions, {count(found?.fixed ?? 0)} fixed
              </Tile>
            );
          })}
        </div>
      )}
    </Loaded>
  );
}

/** "Nothing found" means little without how much was looked at. */
function NothingFound() {
  const { data } = useQuery(scansOf(useApi()));
  const last = data?.items.find(({ finished_at }) => finished_at !== null);
  if (!last) return <>No policy was evaluated yet, so nothing can be said.</>;
  return (
    <>
      Nothing violates a policy. The last evaluation looked at{" "}
      {counted(last.counts["resources"] ?? 0, "resource")}; of {count(last.counts["unknown"] ?? 0)} it could
      not tell.
    </>
  );
}
