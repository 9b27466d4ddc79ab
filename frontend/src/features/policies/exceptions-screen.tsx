import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { Copyable } from "@/components/copyable";
import { DismissDialog } from "@/components/dismiss-dialog";
import { useChange } from "@/components/feedback/use-change";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { bodyOf, useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";
import { ago, dateOf, timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import type { Exemption } from "./queries";
import { OF_EXCEPTIONS } from "./words";

const FILTERS: readonly Filter<FilterKey<"/api/v1/exceptions">>[] = [
  { key: "status", label: "Status", values: ["pending", "approved", "rejected", "expired"] },
  { key: "policy", label: "Policy", field: "policy_id" },
  { key: "resource", label: "Resource", field: "resource_id" },
];

const COLUMNS: readonly Column<Exemption>[] = [
  {
    id: "id",
    header: "Exception",
    isRowHeader: true,
    minWidth: 130,
    cell: ({ id }) => <Copyable text={id}>{shortId("exception", id)}</Copyable>,
  },
  {
    id: "status",
    header: "Status",
    cell: ({ status }) => (
      <StatusIndicator type={OF_EXCEPTIONS[status] ?? "info"}>{sentenceCase(status)}</StatusIndicator>
    ),
  },
  {
    id: "policy",
    header: "Policy",
    cell: ({ policy_id }) =>
      policy_id ? (
        <Link href={`/policies/${encodeURIComponent(policy_id)}`}>{policy_id}</Link>
      ) : (
        "All policies"
      ),
  },
  {
    id: "resource",
    header: "Resource",
    cell: ({ resource_id }) => (resource_id ? <Copyable text={resource_id} /> : "All resources"),
  },
  {
    id: "reason",
    header: "Reason",
    minWidth: 170,
    maxWidth: 220,
    cell: ({ reason }) => <span className="breakable">{reason}</span>,
  },
  {
    id: "lapses",
    header: "Lapses",
    cell: ({ expires_at }) => (
      <>
        {dateOf(expires_at)}
        <Box color="text-body-secondary" fontSize="body-s">
          {ago(expires_at, new Date())}
        </Box>
      </>
    ),
  },
  { id: "requested", header: "Requested by", cell: ({ requested_by }) => requested_by ?? "–" },
  {
    id: "decided",
    header: "Decided by",
    cell: ({ approver, decision, decided_at }) =>
      approver
        ? `${approver}${decision ? `: ${decision}` : ""}${decided_at ? `, ${dateOf(decided_at)}` : ""}`
        : "Nobody yet",
    optional: true,
  },
  { id: "made", header: "Requested at", cell: ({ created_at }) => timeOf(created_at), optional: true },
];

type Verdict = "approve" | "reject";

export function Screen() {
  const list = useList({ name: "exceptions", path: "/api/v1/exceptions", filters: FILTERS });
  const { can, profile } = useMember();
  const [selected, setSelected] = useState<Exemption[]>([]);
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [chosen] = selected;
  const own = chosen?.created_by === profile.id;
  const mayApprove = chosen?.status === "pending" && !own;
  const mayReject = chosen?.status === "pending" || chosen?.status === "approved";
  return (
    <>
      <ListScreen
        list={list}
        noun="exceptions"
        title="Exceptions"
        description="Who accepted what violates a policy, why, and until when. Ask for one from a violation or a policy; nobody approves his own."
        freshness="At its end the next evaluation opens its violations again."
        actions={
          can("approve") && (
            <>
              <Button disabled={!mayReject} onClick={() => setVerdict("reject")}>
                Reject
              </Button>
              <Button
                variant="primary"
                disabled={!mayApprove}
                disabledReason={own ? "Somebody else has to approve what you asked for." : undefined}
                onClick={() => setVerdict("approve")}
              >
                Approve
              </Button>
            </>
          )
        }
        columns={COLUMNS}
        rowId={({ id }) => id}
        selection={
          can("approve")
            ? {
                selected,
                type: "single",
                onChange: setSelected,
                label: ({ id }) => shortId("exception", id),
              }
            : undefined
        }
        empty="Nothing is accepted: every violation stands. Operators ask for an exception from a violation, with a reason and an end."
      />
      {verdict && chosen && (
        <DecisionDialog
          exemption={chosen}
          verdict={verdict}
          onClose={() => {
            setVerdict(null);
            setSelected([]);
          }}
        />
      )}
    </>
  );
}

interface DecisionDialogProps {
  exemption: Exemption;
  verdict: Verdict;
  onClose: () => void;
}

function DecisionDialog({ exemption, verdict, onClose }: DecisionDialogProps) {
  const api = useApi();
  const approves = verdict === "approve";
  const decision = useChange({
    change: (words: string) => {
      const told = { params: { path: { exception_id: exemption.id } }, body: { decision: words } };
      return bodyOf(
        approves
          ? api.POST("/api/v1/exceptions/{exception_id}/approve", told)
          : api.POST("/api/v1/exceptions/{exception_id}/reject", told),
      );
    },
    affects: [["/api/v1/exceptions"], ["/api/v1/violations"], ["/api/v1/violations/summary"]],
    success: approves ? "The exception is approved" : "The exception is rejected",
    onSuccess: onClose,
  });
  return (
    <DismissDialog
      title={approves ? "Approve the exception" : "Reject the exception"}
      consequence={
        approves
          ? `What it covers is suppressed until ${dateOf(exemption.expires_at)}: ${exemption.reason}`
          : "What it covers counts as violation again."
      }
      confirm={approves ? "Approve" : "Reject"}
      withExpiry={false}
      pending={decision.isPending}
      problem={decision.error}
      today={new Date()}
      onCancel={onClose}
      onConfirm={({ reason }) => decision.mutate(reason)}
    />
  );
}
