import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { type Versioned, versioned } from "@/lib/api/versioned";

import { type Member, MEMBERS, ROLES } from "./member-words";

export function MemberDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const api = useApi();
  const { data } = useQuery({
    queryKey: [...MEMBERS, id],
    queryFn: ({ signal }) =>
      versioned(api.GET("/api/v1/users/{user_id}", { params: { path: { user_id: id } }, signal })),
  });
  return data ? <Rights found={data} onClose={onClose} /> : null;
}

function Rights({ found, onClose }: { found: Versioned<Member>; onClose: () => void }) {
  const api = useApi();
  const { value: member, etag } = found;
  const [role, setRole] = useState(member.role);
  const [finance, setFinance] = useState(member.finance_approver);
  const edit = useChange({
    change: () =>
      bodyOf(
        api.PATCH("/api/v1/users/{user_id}", {
          params: { path: { user_id: member.id }, header: { "if-match": etag } },
          body: { role, finance_approver: finance },
        }),
      ),
    affects: [MEMBERS, ["/api/v1/me"]],
    success: `The rights of ${member.email} are changed`,
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title={member.email}
      confirm="Save"
      pending={edit.isPending}
      problem={edit.error}
      onConfirm={() => edit.mutate(undefined)}
      onCancel={onClose}
    >
      <span>It counts from the next call on.</span>
      <FormField label="Role">
        <Choice value={role} options={ROLES} onChange={setRole} />
      </FormField>
      <Checkbox checked={finance} onChange={({ detail }) => setFinance(detail.checked)}>
        Approves what exceeds the savings limit
      </Checkbox>
    </ConfirmDialog>
  );
}
