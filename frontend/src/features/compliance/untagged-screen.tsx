import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";

import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { Page } from "@/components/page";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";
import { money } from "@/lib/format/money";

import { requiredTagsOf, scansOf, teamsOf, type Untagged } from "./queries";

const COLUMNS: readonly Column<Untagged>[] = [
  {
    id: "resource",
    header: "Resource",
    isRowHeader: true,
    minWidth: 230,
    cell: ({ resource_id }) => <Copyable text={resource_id} />,
  },
  { id: "type", header: "Type", cell: ({ resource_type }) => resource_type },
  {
    id: "missing",
    header: "Missing tags",
    cell: ({ missing_tags, refused_tags }) =>
      [...missing_tags, ...refused_tags.map((tag) => `${tag} (value not allowed)`)].join(", "),
  },
  {
    id: "cost",
    header: "Cost, 30 days",
    align: "right",
    cell: ({ monthly_cost, currency }) => money(monthly_cost, currency),
  },
  {
    id: "team",
    header: "Team",
    cell: ({ team, team_id, resource_id }) =>
      team_id ? (
        <Link href={`/teams/${team_id}`}>{team}</Link>
      ) : (
        <Link href={`/attribution?resource_id=${encodeURIComponent(resource_id)}`}>Nobody: why?</Link>
      ),
  },
  {
    id: "proposals",
    header: "Proposals",
    cell: ({ resource_id }) => (
      <Link
        ariaLabel={`See proposals for ${resource_id}`}
        href={`/compliance/tag-proposals?status=open&resource=${encodeURIComponent(resource_id)}`}
      >
        See
      </Link>
    ),
  },
  { id: "account", header: "Account", cell: ({ account_id }) => account_id },
  { id: "region", header: "Region", cell: ({ region }) => region ?? "–", optional: true },
  {
    id: "source",
    header: "Known from",
    cell: ({ source }) => (source === "bill" ? "The bill alone" : "A scan of the account"),
    optional: true,
  },
  { id: "name", header: "Name", cell: ({ name }) => name, optional: true },
];

const TITLE = "Untagged resources";
const DESCRIPTION =
  "Resources that lack required tags, the dearest first: effective cost of the last 30 days.";

export function Screen() {
  const query = useQuery(scansOf(useApi()));
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.some(({ status }) => status === "completed") ? <UntaggedList /> : <NeverScanned />
      }
    </Loaded>
  );
}

function NeverScanned() {
  return (
    <Page title={TITLE} description={DESCRIPTION} freshness="No scan yet">
      <Box textAlign="center" color="text-body-secondary" padding="l">
        No scan is completed yet. One runs each day after the inventory; an operator can{" "}
        <Link href="/compliance">start one now</Link>.
      </Box>
    </Page>
  );
}

function UntaggedList() {
  const api = useApi();
  const { data: teams } = useQuery(teamsOf(api));
  const { data: required } = useQuery(requiredTagsOf(api));
  const filters: Filter<FilterKey<"/api/v1/compliance/untagged">>[] = [
    {
      key: "team",
      label: "Team",
      values: (teams?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
    },
    { key: "unattributed", label: "Of no team", values: [{ value: "true", label: "yes" }] },
    { key: "account", label: "Account", field: "account_id" },
    { key: "type", label: "Type", field: "resource_type" },
    { key: "region", label: "Region" },
    {
      key: "missing_tag",
      label: "Missing tag",
      values: (required?.value.default ?? []).map(({ key }) => key),
    },
  ];
  const list = useList({ name: "untagged", path: "/api/v1/compliance/untagged", filters });
  const scanned = list.query.data?.items[0]?.discovered_at;
  return (
    <ListScreen
      list={list}
      noun="resources"
      title={TITLE}
      description={DESCRIPTION}
      freshness={scanned ? `As of the scan at ${timeOf(scanned)}` : "As of the latest scan of tags"}
      columns={COLUMNS}
      rowId={({ account_id, resource_id }) => `${account_id} ${resource_id}`}
      empty={
        <>
          The latest scan found no resource without its tags.{" "}
          <Link href="/compliance">See how many it looked at.</Link>
        </>
      }
    />
  );
}
