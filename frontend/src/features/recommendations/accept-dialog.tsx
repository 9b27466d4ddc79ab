import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";

const EMPTY = { check_id: "", account_id: "", resource_id: "", reason: "", until: "" };

/** Without a resource all of the account are meant, without an account everything. */
export function AcceptDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [wanted, setWanted] = useState(EMPTY);
  const accept = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/recommendations/exceptions", {
          body: {
            check_id: wanted.check_id.trim(),
            account_id: wanted.account_id.trim() || null,
            resource_id: wanted.resource_id.trim() || null,
            reason: wanted.reason.trim(),
            until: wanted.until.trim() || null,
          },
        }),
      ),
    affects: [["/api/v1/recommendations/exceptions"], ["/api/v1/recommendations"]],
    success: "The findings are accepted",
    onSuccess: onClose,
  });
  const { fields } = accept.error ? problemOf(accept.error) : { fields: {} as Record<string, string> };
  const field = (key: keyof typeof EMPTY, label: string, constraint: string) => (
    <FormField label={label} constraintText={constraint} errorText={fields[key]}>
      <Input value={wanted[key]} onChange={({ detail }) => setWanted({ ...wanted, [key]: detail.value })} />
    </FormField>
  );
  return (
    <ConfirmDialog
      title="Accept findings"
      confirm="Accept"
      pending={accept.isPending}
      problem={accept.error}
      onConfirm={() => accept.mutate(undefined)}
      onCancel={onClose}
    >
      {field("check_id", "Check", "E.g. EBS-04")}
      {field("account_id", "Account", "Left empty, it holds in every account.")}
      {field("resource_id", "Resource", "Left empty, it holds for all of the account.")}
      <FormField label="Reason" errorText={fields["reason"]}>
        <Textarea
          value={wanted.reason}
          rows={3}
          ariaRequired
          onChange={({ detail }) => setWanted({ ...wanted, reason: detail.value })}
        />
      </FormField>
      {field("until", "Until", "Its last day, e.g. 2027-02-28. Left empty, it holds for good.")}
    </ConfirmDialog>
  );
}
