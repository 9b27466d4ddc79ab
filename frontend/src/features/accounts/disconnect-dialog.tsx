import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { useApi } from "@/lib/api/client";
import type { Versioned } from "@/lib/api/versioned";

import { type Account, nameOf } from "./account-words";
import { LIST } from "./queries";

export function DisconnectDialog({ found, onClose }: { found: Versioned<Account>; onClose: () => void }) {
  const api = useApi();
  const { value: account, etag } = found;
  const disconnection = useChange({
    change: () =>
      api.DELETE("/api/v1/cloud-accounts/{account_id}", {
        params: { path: { account_id: account.id }, header: { "if-match": etag } },
      }),
    affects: [LIST],
    success: `${nameOf(account)} is disconnected`,
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title={`Disconnect ${nameOf(account)}?`}
      confirm="Disconnect"
      pending={disconnection.isPending}
      problem={disconnection.error}
      onConfirm={() => disconnection.mutate(undefined)}
      onCancel={onClose}
    >
      Its roles and its external id are forgotten: nothing is read or changed there any more. The account and
      its costs stay.
    </ConfirmDialog>
  );
}
