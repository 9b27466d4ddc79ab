import { DismissDialog } from "@/components/dismiss-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";

import type { Policy, Violation } from "./queries";

interface RequestExceptionProps {
  /** Of the whole policy, or of one resource under it. */
  policy?: Policy;
  violation?: Violation;
  onClose: () => void;
}

/** Asks to accept what violates a policy, for a reason and until a day. Somebody else decides. */
export function RequestException({ policy, violation, onClose }: RequestExceptionProps) {
  const api = useApi();
  const request = useChange({
    change: ({ reason, until }: { reason: string; until: string }) =>
      bodyOf(
        api.POST("/api/v1/exceptions", {
          body: {
            policy_id: policy?.id ?? violation?.policy_id ?? null,
            account_id: violation?.account_id ?? null,
            resource_id: violation?.resource_id ?? null,
            reason,
            expires_at: `${until}T00:00:00Z`,
          },
        }),
      ),
    affects: [["/api/v1/exceptions"]],
    success: "The exception waits for an approver",
    onSuccess: onClose,
  });
  const what = violation
    ? `${violation.policy_name}: ${violation.resource_name}`
    : `${policy?.name ?? ""}, for every resource`;
  return (
    <DismissDialog
      title="Request an exception"
      consequence={`${what}. Once an approver agrees, its violations are suppressed until the exception lapses.`}
      confirm="Request"
      pending={request.isPending}
      problem={request.error}
      today={new Date()}
      onCancel={onClose}
      onConfirm={({ reason, until }) => {
        if (until) request.mutate({ reason, until });
      }}
    />
  );
}
