import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { CodeBlock } from "@/components/code-block";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";

import { type Channel, CHANNELS, type Topic, TOPICS } from "./channel-words";
import { SEVERITIES } from "./limit-words";

const KINDS = [
  { value: "email", label: "Mail to people" },
  { value: "webhook", label: "Signed request to a program" },
] as const;

export function AddChannelDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [kind, setKind] = useState<Channel["kind"]>("email");
  const [name, setName] = useState("");
  const [to, setTo] = useState("");
  const [topics, setTopics] = useState<readonly Topic[]>(["alert.raised"]);
  const [severity, setSeverity] = useState<Channel["minimum_severity"]>("high");
  const isMail = kind === "email";
  const addition = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/notification-channels", {
          body: {
            kind,
            name: name.trim(),
            topics: [...topics],
            minimum_severity: severity,
            enabled: true,
            recipients: isMail ? to.split(/[\s,;]+/).filter(Boolean) : [],
            url: isMail ? null : to.trim(),
          },
        }),
      ),
    affects: [CHANNELS],
    success: "The channel is added",
    onSuccess: ({ secret }) => {
      if (secret === null) onClose();
    },
  });
  const secret = addition.data?.secret;
  const fields = addition.error ? problemOf(addition.error).fields : {};
  if (secret)
    return (
      <ConfirmDialog
        title="The webhook's secret"
        confirm="Done"
        pending={false}
        onConfirm={onClose}
        onCancel={onClose}
      >
        <Alert type="warning" i18nStrings={{ warningIconAriaLabel: "Warning" }}>
          It is shown this once. Requests are signed by it.
        </Alert>
        <CodeBlock title="Secret" text={secret} />
      </ConfirmDialog>
    );
  return (
    <ConfirmDialog
      title="Add a channel"
      confirm="Add"
      disabled={name.trim() === "" || to.trim() === "" || topics.length === 0}
      pending={addition.isPending}
      problem={addition.error}
      onConfirm={() => addition.mutate(undefined)}
      onCancel={onClose}
    >
      <FormField label="Kind">
        <Choice value={kind} options={KINDS} onChange={setKind} />
      </FormField>
      <FormField label="Name" errorText={fields["name"]}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} ariaRequired />
      </FormField>
      <FormField
        label={isMail ? "Recipients" : "Address"}
        constraintText={isMail ? "With commas between them" : "Begins with https://"}
        errorText={fields[isMail ? "recipients" : "url"]}
      >
        <Input value={to} onChange={({ detail }) => setTo(detail.value)} ariaRequired />
      </FormField>
      <FormField label="About" errorText={fields["topics"]}>
        <Multiselect
          selectedOptions={TOPICS.filter(({ value }) => topics.includes(value))}
          options={TOPICS}
          placeholder="Choose topics"
          onChange={({ detail }) => setTopics(detail.selectedOptions.map(({ value }) => value as Topic))}
          deselectAriaLabel={({ label }) => `Remove ${label ?? ""}`}
        />
      </FormField>
      <FormField label="Alerts from" constraintText="Less severe alerts are not told.">
        <Choice value={severity} options={SEVERITIES} onChange={setSeverity} />
      </FormField>
    </ConfirmDialog>
  );
}
