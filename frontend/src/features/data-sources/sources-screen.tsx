import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";
import { useMember } from "@/lib/session/member";

import { AddSourceDialog } from "./add-source-dialog";
import { healthOf, KIND_CHOICES, kindOf, type Source, titleOf } from "./delivery-words";
import { accountsOf } from "./queries";

const FILTERS: readonly Filter<FilterKey<"/api/v1/data-sources">>[] = [
  { key: "kind", label: "Kind", values: KIND_CHOICES },
  {
    key: "enabled",
    label: "State",
    values: [
      { value: "true", label: "Switched on" },
      { value: "false", label: "Switched off" },
    ],
  },
];

export function Screen() {
  const { can } = useMember();
  const [adding, setAdding] = useState(false);
  const { data } = useQuery(accountsOf(useApi()));
  const list = useList({ name: "data-sources", path: "/api/v1/data-sources", filters: FILTERS });
  const names = new Map((data?.items ?? []).map(({ id, name, account_id }) => [id, name ?? account_id]));
  return (
    <>
      <ListScreen
        list={list}
        noun="data sources"
        title="Data sources"
        description="Where bills are read from, and what came of it last. What arrived stands under Deliveries."
        columns={columnsWith(names)}
        rowId={({ id }) => id}
        empty="No source is set up. Add the bucket that your CUR or FOCUS exports arrive in, or let Cost Explorer be asked; exports that were loaded by the command line need none."
        actions={
          can("administer") && (
            <Button variant="primary" onClick={() => setAdding(true)}>
              Add a source
            </Button>
          )
        }
      />
      {adding && <AddSourceDialog onClose={() => setAdding(false)} />}
    </>
  );
}

function columnsWith(accounts: ReadonlyMap<string, string>): readonly Column<Source>[] {
  return [
    {
      id: "source",
      header: "Source",
      isRowHeader: true,
      minWidth: 200,
      cell: (source) => <Link href={`/data-sources/${source.id}`}>{placeOf(source, accounts)}</Link>,
    },
    { id: "kind", header: "Kind", cell: ({ kind }) => kindOf(kind) },
    {
      id: "health",
      header: "Last run",
      cell: (source) => {
        const { type, text } = healthOf(source);
        return <StatusIndicator type={type}>{text}</StatusIndicator>;
      },
    },
    { id: "ran", header: "At", cell: ({ last_run_at }) => (last_run_at ? timeOf(last_run_at) : "–") },
    {
      id: "delivery",
      header: "Last delivery",
      cell: ({ last_delivery }) =>
        last_delivery ? (
          <Link href={`/deliveries/${last_delivery.id}`}>{titleOf(last_delivery)}</Link>
        ) : (
          "None yet"
        ),
    },
    { id: "schedule", header: "Schedule (UTC)", cell: ({ schedule }) => schedule },
    {
      id: "account",
      header: "Account",
      cell: ({ cloud_account_id }) => (cloud_account_id && accounts.get(cloud_account_id)) ?? "–",
      optional: true,
    },
    { id: "error", header: "Error", cell: ({ last_error }) => last_error ?? "–", optional: true },
  ];
}

function placeOf({ bucket, prefix, cloud_account_id, kind }: Source, accounts: ReadonlyMap<string, string>) {
  if (bucket) return `s3://${bucket}/${prefix}`;
  return (cloud_account_id && accounts.get(cloud_account_id)) ?? kindOf(kind);
}
