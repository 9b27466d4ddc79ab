import Button from "@cloudscape-design/components/button";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { useNotifications } from "@/components/feedback/notifications";
import { bodyOf, useApi } from "@/lib/api/client";
import { useMember } from "@/lib/session/member";

import { type ActionDetail, canBeCalledOff, hasEnded } from "./action-words";
import { LIST } from "./queries";

export function ActionButtons({ action }: { action: ActionDetail }) {
  const { can } = useMember();
  const [asking, setAsking] = useState(false);
  if (!can("operate") || hasEnded(action)) return null;
  return (
    <>
      {canBeCalledOff(action) && <DryRun action={action} />}
      {canBeCalledOff(action) && <Button onClick={() => setAsking(true)}>Call it off</Button>}
      {asking && <CallOff action={action} onClose={() => setAsking(false)} />}
    </>
  );
}

/** Whether the plan would still be the one that is to be approved. */
function DryRun({ action }: { action: ActionDetail }) {
  const api = useApi();
  const { tell } = useNotifications();
  const { type, account_id, region, resource_id, params, digest } = action;
  const run = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/actions/plans", {
          body: { type, account_id, region, resource_id, params },
        }),
      ),
    affects: [],
    success: "A dry run made a plan; nothing was changed",
    failure: "The dry run found no way",
    onSuccess: (plan) =>
      tell(
        plan.digest === digest
          ? { type: "success", header: "The plan would be the very same now" }
          : {
              type: "warning",
              header: "The plan would be another one now",
              content: "The resource is not as it was read, so this plan will be refused.",
            },
      ),
  });
  return (
    <Button loading={run.isPending} onClick={() => run.mutate(undefined)}>
      Dry run
    </Button>
  );
}

function CallOff({ action, onClose }: { action: ActionDetail; onClose: () => void }) {
  const api = useApi();
  const cancel = useChange({
    change: () =>
      bodyOf(api.POST("/api/v1/actions/{action_id}/cancel", { params: { path: { action_id: action.id } } })),
    affects: [
      ["action", action.id],
      [LIST],
      ["/api/v1/approvals"],
      ["/api/v1/recommendations"],
      ["recommendation"],
    ],
    success: "The action is called off",
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title="Call this action off"
      confirm="Call it off"
      pending={cancel.isPending}
      problem={cancel.error}
      onConfirm={() => cancel.mutate(undefined)}
      onCancel={onClose}
    >
      Nothing has been changed yet. The recommendation is open again, and the change can be asked for anew.
    </ConfirmDialog>
  );
}
