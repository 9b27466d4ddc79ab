import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { useMember } from "@/lib/session/member";

interface AssignDialogProps {
  owner: string | null;
  onConfirm: (owner: string | null) => void;
  onCancel: () => void;
}

/** Whoever is meant to see to it; an empty field gives it to nobody. */
export function AssignDialog({ owner, onConfirm, onCancel }: AssignDialogProps) {
  const { profile } = useMember();
  const [wanted, setWanted] = useState(owner ?? "");
  return (
    <ConfirmDialog
      title="Assign this recommendation"
      confirm="Assign"
      pending={false}
      onCancel={onCancel}
      onConfirm={() => onConfirm(wanted.trim() || null)}
    >
      <FormField
        label="Owner"
        constraintText="An e-mail address or a team. Left empty, it belongs to nobody."
        secondaryControl={<Button onClick={() => setWanted(profile.email)}>To me</Button>}
      >
        <Input value={wanted} onChange={({ detail }) => setWanted(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}
