import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import type { Versioned } from "@/lib/api/versioned";

import type { Team } from "./queries";

interface ContactDialogProps {
  kept: Versioned<Team>;
  onClose: () => void;
}

/** Whom to ask about a team, and where. */
export function ContactDialog({ kept, onClose }: ContactDialogProps) {
  const api = useApi();
  const team = kept.value;
  const [owner, setOwner] = useState(team.owner_email ?? "");
  const [channel, setChannel] = useState(team.slack_channel ?? "");
  const saving = useChange({
    change: (body: { owner_email: string | null; slack_channel: string | null }) =>
      bodyOf(
        api.PATCH("/api/v1/teams/{team_id}", {
          params: { path: { team_id: team.id }, header: { "if-match": kept.etag } },
          body,
        }),
      ),
    affects: [["/api/v1/teams"], ["/api/v1/organization"]],
    success: "The contacts are changed",
    onSuccess: onClose,
  });
  const errors = saving.error ? problemOf(saving.error).fields : {};
  return (
    <ConfirmDialog
      title={`Contacts of ${team.name}`}
      confirm="Save"
      pending={saving.isPending}
      problem={saving.error}
      onCancel={onClose}
      onConfirm={() => saving.mutate({ owner_email: owner || null, slack_channel: channel || null })}
    >
      <FormField label="Owner's e-mail address" errorText={errors["owner_email"]}>
        <Input type="email" value={owner} onChange={({ detail }) => setOwner(detail.value)} />
      </FormField>
      <FormField label="Slack channel" errorText={errors["slack_channel"]}>
        <Input value={channel} placeholder="#checkout" onChange={({ detail }) => setChannel(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}
