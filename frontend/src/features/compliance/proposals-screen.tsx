import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import ProgressBar from "@cloudscape-design/components/progress-bar";
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
import { timeOf } from "@/lib/format/dates";
import { counted, sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import type { Proposal } from "./queries";

const FILTERS: readonly Filter<FilterKey<"/api/v1/compliance/tag-proposals">>[] = [
  { key: "status", label: "Status", values: ["open", "accepted", "rejected", "applied"] },
  { key: "key", label: "Tag", field: "tag_key" },
  { key: "least_confidence", label: "Confidence", operator: ">=", values: ["0.9", "0.8", "0.7", "0.6"] },
  { key: "resource", label: "Resource", field: "resource_id" },
  { key: "type", label: "Type", field: "resource_type" },
  { key: "account", label: "Account", field: "account_id" },
];

const STATUSES = {
  open: "pending",
  accepted: "in-progress",
  rejected: "stopped",
  applied: "success",
} as const;

const COLUMNS: readonly Column<Proposal>[] = [
  {
    id: "resource",
    header: "Resource",
    isRowHeader: true,
    minWidth: 210,
    cell: ({ resource_id }) => <Copyable text={resource_id} />,
  },
  {
    id: "tag",
    header: "Proposed tag",
    cell: ({ tag_key, tag_value }) => <code className="breakable">{`${tag_key}=${tag_value}`}</code>,
  },
  {
    id: "confidence",
    header: "Confidence",
    minWidth: 130,
    cell: ({ confidence }) => (
      <ProgressBar
        variant="standalone"
        value={Math.round(Number(confidence) * 100)}
        ariaLabel={`${Math.round(Number(confidence) * 100)}% sure`}
      />
    ),
  },
  {
    id: "why",
    header: "Why",
    minWidth: 260,
    cell: ({ evidence }) => <Evidence evidence={evidence} />,
  },
  {
    id: "status",
    header: "Status",
    cell: ({ status, reason }) => (
      <StatusIndicator type={STATUSES[status]}>
        {sentenceCase(status)}
        {reason && `: ${reason}`}
      </StatusIndicator>
    ),
  },
  { id: "type", header: "Type", cell: ({ resource_type }) => resource_type, optional: true },
  { id: "account", header: "Account", cell: ({ account_id }) => account_id, optional: true },
  { id: "decided", header: "Decided by", cell: ({ decided_by }) => decided_by ?? "–", optional: true },
];

function Evidence({ evidence }: { evidence: Proposal["evidence"] }) {
  const witnesses = counted(evidence.length, "witness", "witnesses");
  return (
    <ExpandableSection variant="inline" headerText={witnesses} headerAriaLabel={`Why: ${witnesses}`}>
      <ul className="plain">
        {evidence.map(({ source, group, text }) => (
          <li key={`${source} ${group}`} className="breakable">
            {text}
          </li>
        ))}
      </ul>
    </ExpandableSection>
  );
}

export function Screen() {
  const list = useList({ name: "tag-proposals", path: "/api/v1/compliance/tag-proposals", filters: FILTERS });
  const { can } = useMember();
  const [selected, setSelected] = useState<Proposal[]>([]);
  const found = list.query.data?.items[0]?.found_at;
  return (
    <ListScreen
      list={list}
      noun="proposals"
      title="Tag proposals"
      description="What missing tags probably are, from the resources that belong together. Accepting writes nothing to the cloud: it tells whoever tags."
      freshness={found ? `As of the scan at ${timeOf(found)}` : "As of the latest scan of tags"}
      actions={can("operate") && <Decide chosen={selected} done={() => setSelected([])} />}
      columns={COLUMNS}
      rowId={({ id }) => id}
      selection={
        can("operate")
          ? {
              selected,
              onChange: setSelected,
              label: ({ resource_id, tag_key, tag_value }) => `${tag_key}=${tag_value} of ${resource_id}`,
            }
          : undefined
      }
      empty="Nothing is proposed: either no tag is missing, or the neighbours of what lacks one do not agree."
    />
  );
}

const AFFECTED = [["/api/v1/compliance/tag-proposals"]];

/** Open proposals of the selection are decided together: all of them or none. */
function Decide({ chosen, done }: { chosen: readonly Proposal[]; done: () => void }) {
  const api = useApi();
  const [rejecting, setRejecting] = useState(false);
  const ids = chosen.filter(({ status }) => status === "open").map(({ id }) => id);
  const close = () => {
    setRejecting(false);
    done();
  };
  const acceptance = useChange({
    change: () => bodyOf(api.POST("/api/v1/compliance/tag-proposals/accept", { body: { ids } })),
    affects: AFFECTED,
    success: "The proposals are accepted",
    failure: "Nothing was accepted",
    onSuccess: done,
  });
  const rejection = useChange({
    change: (reason: string) =>
      bodyOf(api.POST("/api/v1/compliance/tag-proposals/reject", { body: { ids, reason } })),
    affects: AFFECTED,
    success: "The proposals are rejected and not made again",
    onSuccess: close,
  });
  const some = counted(ids.length, "proposal");
  return (
    <>
      <Button disabled={ids.length === 0} onClick={() => setRejecting(true)}>
        Reject
      </Button>
      <Button
        variant="primary"
        disabled={ids.length === 0}
        loading={acceptance.isPending}
        onClick={() => acceptance.mutate(undefined)}
      >
        {ids.length === 0 ? "Accept" : `Accept ${some}`}
      </Button>
      {rejecting && (
        <DismissDialog
          title={`Reject ${some}`}
          consequence="The same values are not proposed again for these resources."
          confirm="Reject"
          withExpiry={false}
          pending={rejection.isPending}
          problem={rejection.error}
          today={new Date()}
          onCancel={() => setRejecting(false)}
          onConfirm={({ reason }) => rejection.mutate(reason)}
        />
      )}
    </>
  );
}
