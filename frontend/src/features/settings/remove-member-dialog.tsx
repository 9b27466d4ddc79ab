import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { useApi } from "@/lib/api/client";

import { type Member, MEMBERS } from "./member-words";

export function RemoveMemberDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const api = useApi();
  const removal = useChange({
    change: () => api.DELETE("/api/v1/users/{user_id}", { params: { path: { user_id: member.id } } }),
    affects: [MEMBERS],
    success: `${member.email} is out`,
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title={`Remove ${member.email}?`}
      confirm="Remove"
      pending={removal.isPending}
      problem={removal.error}
      onConfirm={() => removal.mutate(undefined)}
      onCancel={onClose}
    >
      The next call of {member.email} is refused. What was done under that name stays in the trail.
    </ConfirmDialog>
  );
}
