import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";

import { MEMBERS, type Role, ROLES } from "./member-words";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [finance, setFinance] = useState(false);
  const invitation = useChange({
    change: () =>
      bodyOf(api.POST("/api/v1/users", { body: { email: email.trim(), role, finance_approver: finance } })),
    affects: [MEMBERS],
    success: `${email.trim()} belongs to this tenant now`,
    onSuccess: onClose,
  });
  const fields = invitation.error ? problemOf(invitation.error).fields : {};
  return (
    <ConfirmDialog
      title="Invite somebody"
      confirm="Invite"
      disabled={!email.includes("@")}
      pending={invitation.isPending}
      problem={invitation.error}
      onConfirm={() => invitation.mutate(undefined)}
      onCancel={onClose}
    >
      <span>Who can sign in already is added at once; anybody else gets a mail with a first password.</span>
      <FormField label="E-mail address" errorText={fields["email"]}>
        <Input type="email" value={email} onChange={({ detail }) => setEmail(detail.value)} ariaRequired />
      </FormField>
      <FormField label="Role">
        <Choice value={role} options={ROLES} onChange={setRole} />
      </FormField>
      <Checkbox checked={finance} onChange={({ detail }) => setFinance(detail.checked)}>
        Approves what exceeds the savings limit
      </Checkbox>
    </ConfirmDialog>
  );
}
