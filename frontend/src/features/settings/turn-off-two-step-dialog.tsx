import Box from "@cloudscape-design/components/box";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { turnSecondFactor } from "@/lib/session/second-factor";
import { useSession } from "@/lib/session/session-context";

import { TWO_STEP } from "./two-step";

export function TurnOffTwoStepDialog({ onClose }: { onClose: () => void }) {
  const session = useSession();
  const turnOff = useChange({
    change: () => turnSecondFactor(session, "off"),
    affects: [TWO_STEP],
    success: "Two-step sign-in is off",
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title="Turn off two-step sign-in?"
      confirm="Turn off"
      pending={turnOff.isPending}
      problem={turnOff.error}
      onConfirm={() => turnOff.mutate(undefined)}
      onCancel={onClose}
    >
      <Box>From then on whoever knows your password can sign in as you.</Box>
    </ConfirmDialog>
  );
}
