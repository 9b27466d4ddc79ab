import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Copyable } from "@/components/copyable";
import { useChange } from "@/components/feedback/use-change";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { dateOf, timeOf } from "@/lib/format/dates";
import { useMember } from "@/lib/session/member";

import { AcceptDialog } from "./accept-dialog";

const PATH = "/api/v1/recommendations/exceptions";
type Accepted = components["schemas"]["CheckExceptionOut"];

const FILTERS: readonly Filter<FilterKey<typeof PATH>>[] = [
  {
    key: "standing",
    label: "State",
    values: [
      { value: "true", label: "In force" },
      { value: "false", label: "Ended" },
    ],
  },
  { key: "check_id", label: "Check" },
  { key: "account", label: "Account", field: "account_id" },
  { key: "resource", label: "Resource", field: "resource_id" },
];

const COLUMNS: readonly Column<Accepted>[] = [
  { id: "check", header: "Check", isRowHeader: true, cell: ({ check_id }) => check_id },
  {
    id: "scope",
    header: "Where",
    minWidth: 200,
    cell: ({ resource_id, account_id }) =>
      resource_id ? (
        <Copyable text={resource_id} />
      ) : account_id ? (
        `All of account ${account_id}`
      ) : (
        "Everywhere"
      ),
  },
  { id: "reason", header: "Reason", minWidth: 260, cell: ({ reason }) => reason },
  { id: "until", header: "Until", cell: ({ until }) => (until ? dateOf(until) : "For good") },
  {
    id: "state",
    header: "State",
    cell: ({ ended_at, ended_by }) =>
      ended_at ? (
        <StatusIndicator type="stopped">{`Ended by ${ended_by ?? "system"}, ${dateOf(ended_at)}`}</StatusIndicator>
      ) : (
        <StatusIndicator type="success">In force</StatusIndicator>
      ),
  },
  { id: "by", header: "Accepted by", cell: ({ created_by }) => created_by },
  { id: "at", header: "Accepted", cell: ({ created_at }) => timeOf(created_at), optional: true },
];

function ending(onEnd: (accepted: Accepted) => void): Column<Accepted> {
  return {
    id: "end",
    header: "Change",
    cell: (one) =>
      one.ended_at === null && (
        <Button
          variant="inline-link"
          ariaLabel={`End the acceptance of ${one.check_id}`}
          onClick={() => onEnd(one)}
        >
          End
        </Button>
      ),
  };
}

const AFFECTED = [[PATH], ["/api/v1/recommendations"]];

export function Screen() {
  const list = useList({ name: "accepted-findings", path: PATH, filters: FILTERS });
  const { can } = useMember();
  const [accepting, setAccepting] = useState(false);
  const [ended, setEnded] = useState<Accepted | null>(null);
  return (
    <>
      <ListScreen
        list={list}
        noun="accepted findings"
        title="Accepted findings"
        description="What a check finds and somebody has accepted: it stays in the ledger, and is recommended no more."
        columns={can("approve") ? [...COLUMNS, ending(setEnded)] : COLUMNS}
        rowId={({ id }) => id}
        actions={
          can("approve") && (
            <Button variant="primary" onClick={() => setAccepting(true)}>
              Accept findings
            </Button>
          )
        }
        empty="Nothing was accepted. Approvers accept a check's findings on a resource, in an account or everywhere, with a reason."
      />
      {accepting && <AcceptDialog onClose={() => setAccepting(false)} />}
      {ended && <EndDialog accepted={ended} onClose={() => setEnded(null)} />}
    </>
  );
}

function EndDialog({ accepted, onClose }: { accepted: Accepted; onClose: () => void }) {
  const api = useApi();
  const end = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/recommendations/exceptions/{exception_id}/end", {
          params: { path: { exception_id: accepted.id } },
        }),
      ),
    affects: AFFECTED,
    success: "It counts again from the next run on",
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title={`Find ${accepted.check_id} again`}
      confirm="End it"
      pending={end.isPending}
      problem={end.error}
      onConfirm={() => end.mutate(undefined)}
      onCancel={onClose}
    >
      The next run finds what this covered, and opens the same recommendations again.
    </ConfirmDialog>
  );
}
