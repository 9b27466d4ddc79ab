import Button from "@cloudscape-design/components/button";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import { ExportButton } from "@/components/list/export-button";
import { SeverityBadge } from "@/components/severity";
import { bodyOf, useApi } from "@/lib/api/client";
import { dateOf } from "@/lib/format/dates";
import { money, quantity } from "@/lib/format/money";
import { useMember } from "@/lib/session/member";

import { AddLimitDialog } from "./add-limit-dialog";
import { type Limit, LIMITS, METRICS } from "./limit-words";
import { SettingsPage } from "./settings-page";
import { SettingsTable } from "./settings-table";

type Dialog = { kind: "add" } | { kind: "remove"; limit: Limit } | null;

export function Screen() {
  const api = useApi();
  const { can } = useMember();
  const [dialog, setDialog] = useState<Dialog>(null);
  const query = useQuery({
    queryKey: LIMITS,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/limits", { signal })),
  });
  const mayEdit = can("operate");
  return (
    <SettingsPage
      title="Limits"
      description="Fixed limits that raise an alert when they are exceeded, beside what detection finds by itself."
      actions={<ExportButton list={{ name: "limits", path: "/api/v1/limits", parameters: {} }} />}
    >
      <Loaded query={query}>
        {({ items }) => (
          <SettingsTable
            title="Limits"
            items={items}
            rowId={({ id }) => id}
            empty="No fixed limit is set: alerts come from what leaves its usual range alone."
            actions={mayEdit && <Button onClick={() => setDialog({ kind: "add" })}>Add a limit</Button>}
            columns={[
              { id: "what", header: "What", isRowHeader: true, minWidth: 160, cell: whatOf },
              {
                id: "where",
                header: "Where",
                cell: ({ account_id, resource_id }) => account_id ?? resource_id ?? "Anywhere",
              },
              {
                id: "threshold",
                header: <div className="number">Above</div>,
                cell: ({ threshold, currency }) => (
                  <div className="number">{currency ? money(threshold, currency) : quantity(threshold)}</div>
                ),
              },
              {
                id: "points",
                header: <div className="number">In a row</div>,
                cell: ({ consecutive_points }) => <div className="number">{consecutive_points}</div>,
              },
              {
                id: "severity",
                header: "Severity",
                cell: ({ severity }) => <SeverityBadge severity={severity} />,
              },
              {
                id: "by",
                header: "Set by",
                cell: ({ created_by, created_at }) => `${created_by}, ${dateOf(created_at)}`,
              },
              ...(mayEdit
                ? [
                    {
                      id: "actions",
                      header: "Actions",
                      cell: (limit: Limit) => (
                        <Button
                          variant="inline-link"
                          ariaLabel={`Remove the limit of ${whatOf(limit)}`}
                          onClick={() => setDialog({ kind: "remove", limit })}
                        >
                          Remove
                        </Button>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Loaded>
      {dialog?.kind === "add" && <AddLimitDialog onClose={() => setDialog(null)} />}
      {dialog?.kind === "remove" && <RemoveDialog limit={dialog.limit} onClose={() => setDialog(null)} />}
    </SettingsPage>
  );
}

function whatOf({ service_name, metric_name }: Limit): string {
  return service_name
    ? `Daily cost of ${service_name}`
    : (METRICS.get(metric_name ?? "") ?? metric_name ?? "");
}

function RemoveDialog({ limit, onClose }: { limit: Limit; onClose: () => void }) {
  const api = useApi();
  const removal = useChange({
    change: () => api.DELETE("/api/v1/limits/{limit_id}", { params: { path: { limit_id: limit.id } } }),
    affects: [LIMITS],
    success: "The limit is removed",
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title="Remove this limit?"
      confirm="Remove"
      pending={removal.isPending}
      problem={removal.error}
      onConfirm={() => removal.mutate(undefined)}
      onCancel={onClose}
    >
      It raises no alert any more. Those that it raised stay.
    </ConfirmDialog>
  );
}
