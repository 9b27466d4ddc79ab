import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { SeverityBadge } from "@/components/severity";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { Evaluated } from "./freshness";
import type { Policy } from "./queries";
import { OF_POLICIES, POLICY_STATUSES, PROVIDERS, SEVERITIES, TYPES } from "./words";

const FILTERS: readonly Filter<FilterKey<"/api/v1/policies">>[] = [
  { key: "status", label: "Status", values: POLICY_STATUSES },
  { key: "severity", label: "Severity", values: SEVERITIES },
  { key: "type", label: "Type", values: TYPES },
  { key: "provider", label: "Provider", values: PROVIDERS },
];

const COLUMNS: readonly Column<Policy>[] = [
  {
    id: "name",
    header: "Policy",
    isRowHeader: true,
    minWidth: 260,
    cell: ({ id, name }) => <Link href={`/policies/${encodeURIComponent(id)}`}>{name}</Link>,
  },
  { id: "severity", header: "Severity", cell: ({ severity }) => <SeverityBadge severity={severity} /> },
  {
    id: "status",
    header: "Status",
    cell: ({ status }) => (
      <StatusIndicator type={OF_POLICIES[status] ?? "info"}>{sentenceCase(status)}</StatusIndicator>
    ),
  },
  { id: "type", header: "Type", cell: ({ type }) => sentenceCase(type) },
  {
    id: "looks-at",
    header: "Looks at",
    cell: ({ resource_types, scope }) =>
      [resource_types.join(", ") || "All types", scope && `in ${scope}`].filter(Boolean).join(" "),
  },
  {
    id: "violations",
    header: "Open violations",
    cell: ({ id, name }) => (
      <Link
        href={`/violations?status=open&policy=${encodeURIComponent(id)}`}
        ariaLabel={`See open violations of ${name}`}
      >
        See
      </Link>
    ),
  },
  { id: "effect", header: "Effect", cell: ({ effect }) => sentenceCase(effect), optional: true },
  {
    id: "made-by",
    header: "Made by",
    cell: ({ built_in }) => (built_in ? <Badge>Built in</Badge> : "People"),
    optional: true,
  },
  { id: "changed", header: "Changed", cell: ({ updated_at }) => timeOf(updated_at), optional: true },
];

export function Screen() {
  const list = useList({ name: "policies", path: "/api/v1/policies", filters: FILTERS });
  const { can } = useMember();
  return (
    <ListScreen
      list={list}
      noun="policies"
      title="Policies"
      description="What must not be true of a resource. Enabled ones are evaluated daily, after the inventory scan."
      freshness={<Evaluated />}
      actions={
        <>
          <Button href="/policies/scans">Scans</Button>
          {can("administer") && (
            <>
              <Button href="/policies/import">Import</Button>
              <Button variant="primary" href="/policies/new">
                New policy
              </Button>
            </>
          )}
        </>
      }
      columns={COLUMNS}
      rowId={({ id }) => id}
      empty="There are no policies yet. The built-in ones come with the first evaluation; an admin writes others or imports them from Cloud Custodian."
    />
  );
}
