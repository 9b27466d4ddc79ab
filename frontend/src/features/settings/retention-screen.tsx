import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import { dateOf, timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { counted, sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { SettingsPage } from "./settings-page";
import { SettingsTable } from "./settings-table";

type Retention = components["schemas"]["RetentionOut"];
type Archive = components["schemas"]["ArchiveOut"];

const RETENTION = ["/api/v1/retention"] as const;
const ARCHIVES = ["/api/v1/retention/archives"] as const;

export function Screen() {
  const api = useApi();
  const { can } = useMember();
  const [edited, setEdited] = useState<Retention | null>(null);
  const tables = useQuery({
    queryKey: RETENTION,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/retention", { signal })),
  });
  const mayEdit = can("administer");
  return (
    <SettingsPage
      title="Retention"
      description="How long closed rows stay at hand before they go to the archive, where they can be fetched back from."
    >
      <Loaded query={tables}>
        {({ items }) => (
          <SettingsTable
            title="Kept at hand"
            items={items}
            rowId={({ table_name }) => table_name}
            empty="Nothing is archived."
            columns={[
              {
                id: "table",
                header: "What",
                isRowHeader: true,
                cell: ({ table_name }) => sentenceCase(table_name),
              },
              {
                id: "days",
                header: <div className="number">Days after closing</div>,
                cell: ({ hot_days }) => <div className="number">{count(hot_days)}</div>,
              },
              {
                id: "keeps",
                header: "Afterwards",
                cell: ({ keeps_rows }) =>
                  keeps_rows ? "Copied to the archive, and kept" : "Moved to the archive",
              },
              ...(mayEdit
                ? [
                    {
                      id: "actions",
                      header: "Actions",
                      cell: (row: Retention) => (
                        <Button
                          variant="inline-link"
                          ariaLabel={`Change how long ${row.table_name} are kept`}
                          onClick={() => setEdited(row)}
                        >
                          Change
                        </Button>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Loaded>
      <Archives mayRestore={mayEdit} />
      {edited && <DaysDialog retention={edited} onClose={() => setEdited(null)} />}
    </SettingsPage>
  );
}

function Archives({ mayRestore }: { mayRestore: boolean }) {
  const api = useApi();
  const query = useQuery({
    queryKey: ARCHIVES,
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/retention/archives", { params: { query: { limit: 200 } }, signal })),
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <SettingsTable<Archive>
          title="Archives"
          items={items}
          rowId={({ id }) => id}
          empty="Nothing is old enough to be in an archive yet."
          columns={[
            {
              id: "what",
              header: "What",
              isRowHeader: true,
              cell: ({ table_name, quarter }) =>
                `${sentenceCase(table_name)}, quarter from ${dateOf(quarter)}`,
            },
            {
              id: "rows",
              header: <div className="number">Rows</div>,
              cell: ({ row_count }) => <div className="number">{count(row_count)}</div>,
            },
            { id: "sha", header: "SHA-256", cell: ({ sha256 }) => <Copyable text={sha256} /> },
            { id: "made", header: "Archived", cell: ({ created_at }) => timeOf(created_at) },
            {
              id: "restored",
              header: "Readable again",
              cell: (archive) => <Restored archive={archive} mayRestore={mayRestore} />,
            },
          ]}
        />
      )}
    </Loaded>
  );
}

function Restored({ archive, mayRestore }: { archive: Archive; mayRestore: boolean }) {
  const api = useApi();
  const restoring = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/retention/archives/{archive_id}/restore", {
          params: { path: { archive_id: archive.id } },
        }),
      ),
    affects: [ARCHIVES],
    success: "The archive is being fetched back",
    failure: "The archive was not fetched back",
  });
  if (archive.restored_at)
    return <StatusIndicator type="success">Since {timeOf(archive.restored_at)}</StatusIndicator>;
  if (!mayRestore) return "No";
  return (
    <Button
      variant="inline-link"
      loading={restoring.isPending}
      ariaLabel={`Fetch back ${archive.key}`}
      onClick={() => restoring.mutate(undefined)}
    >
      Fetch back
    </Button>
  );
}

function DaysDialog({ retention, onClose }: { retention: Retention; onClose: () => void }) {
  const api = useApi();
  const [days, setDays] = useState(String(retention.hot_days));
  const edit = useChange({
    change: () =>
      bodyOf(
        api.PATCH("/api/v1/retention/tables/{table_name}", {
          params: { path: { table_name: retention.table_name } },
          body: { hot_days: Number(days) },
        }),
      ),
    affects: [RETENTION],
    success: `Closed ${retention.table_name} stay ${counted(Number(days), "day")}`,
    onSuccess: onClose,
  });
  const fields = edit.error ? problemOf(edit.error).fields : {};
  return (
    <ConfirmDialog
      title={sentenceCase(retention.table_name)}
      confirm="Save"
      pending={edit.isPending}
      problem={edit.error}
      onConfirm={() => edit.mutate(undefined)}
      onCancel={onClose}
    >
      <FormField
        label="Days at hand after closing"
        constraintText="From 30 days to ten years"
        errorText={fields["hot_days"]}
      >
        <Input type="number" value={days} onChange={({ detail }) => setDays(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}
