import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { DismissDialog } from "@/components/dismiss-dialog";
import { useMember } from "@/lib/session/member";

import { AssignDialog } from "./assign-dialog";
import type { Recommendation } from "./recommendation-words";
import { useAssignment, useDismissal, useMove } from "./use-recommendation";

/** What a person may do by hand, by the recommendation's status. */
const CAN_START: ReadonlySet<string> = new Set(["open", "approved"]);
const CAN_DISMISS: ReadonlySet<string> = new Set(["open", "pending_approval", "in_progress"]);
const CAN_REOPEN: ReadonlySet<string> = new Set(["in_progress", "dismissed"]);

export function RecommendationActions({ found }: { found: Recommendation }) {
  const { can } = useMember();
  const [dialog, setDialog] = useState<"assign" | "dismiss" | null>(null);
  const move = useMove(found.id);
  const dismissal = useDismissal(found.id);
  const assignment = useAssignment(found.id);
  if (!can("operate")) return null;
  const close = () => setDialog(null);
  return (
    <>
      <Button onClick={() => setDialog("assign")}>Assign</Button>
      {CAN_START.has(found.status) && <Button onClick={() => move.mutate("start")}>Do by hand</Button>}
      {found.status === "in_progress" && (
        <Button variant="primary" onClick={() => move.mutate("complete")}>
          Complete
        </Button>
      )}
      {CAN_REOPEN.has(found.status) && <Button onClick={() => move.mutate("reopen")}>Open again</Button>}
      {CAN_DISMISS.has(found.status) && <Button onClick={() => setDialog("dismiss")}>Dismiss</Button>}
      {dialog === "assign" && (
        <AssignDialog
          owner={found.owner}
          onCancel={close}
          onConfirm={(owner) => {
            assignment.mutate(owner);
            close();
          }}
        />
      )}
      {dialog === "dismiss" && (
        <DismissDialog
          title="Dismiss this recommendation"
          consequence="It leaves the open ones and the sum of what could be saved, and is not found again meanwhile."
          forGood
          pending={dismissal.isPending}
          today={new Date()}
          onCancel={close}
          onConfirm={(words) => {
            dismissal.mutate(words);
            close();
          }}
        />
      )}
    </>
  );
}
