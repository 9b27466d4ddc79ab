import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";

import { KIND_CHOICES, type Source } from "./delivery-words";
import { accountsOf, SOURCES } from "./queries";

const OWN = "own";

export function AddSourceDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const { data: accounts } = useQuery(accountsOf(api));
  const [kind, setKind] = useState<Source["kind"]>("cur2");
  const [bucket, setBucket] = useState("");
  const [prefix, setPrefix] = useState("");
  const [account, setAccount] = useState(OWN);
  const [months, setMonths] = useState("12");
  const asked = kind === "cost_explorer";
  const addition = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/data-sources", {
          body: {
            kind,
            bucket: asked ? null : bucket.trim(),
            prefix: asked ? "" : prefix.trim(),
            cloud_account_id: account === OWN ? null : account,
            enabled: true,
            backfill_months: Number(months),
            grain: "daily",
          },
        }),
      ),
    affects: [SOURCES],
    success: "The source is read from now on",
    onSuccess: onClose,
  });
  const fields = addition.error ? problemOf(addition.error).fields : {};
  const connected = (accounts?.items ?? []).filter(({ role_arn }) => role_arn !== null);
  return (
    <ConfirmDialog
      title="Add a data source"
      confirm="Add"
      disabled={asked ? account === OWN : bucket.trim() === ""}
      pending={addition.isPending}
      problem={addition.error}
      onConfirm={() => addition.mutate(undefined)}
      onCancel={onClose}
    >
      <FormField label="Kind">
        <Choice value={kind} options={KIND_CHOICES} onChange={setKind} />
      </FormField>
      {!asked && (
        <>
          <FormField label="Bucket" errorText={fields["bucket"]}>
            <Input value={bucket} onChange={({ detail }) => setBucket(detail.value)} ariaRequired />
          </FormField>
          <FormField
            label="Prefix"
            constraintText="The folder of the export; no session may read outside of it."
            errorText={fields["prefix"]}
          >
            <Input value={prefix} onChange={({ detail }) => setPrefix(detail.value)} />
          </FormField>
        </>
      )}
      <FormField
        label="Account"
        constraintText={
          asked
            ? "Cost Explorer is asked through its role; AWS takes 0.01 USD a call."
            : "Whose role opens the bucket"
        }
        errorText={fields["cloud_account_id"]}
      >
        <Choice
          value={account}
          filteringType="auto"
          options={[
            ...(asked ? [] : [{ value: OWN, label: "The platform's own" }]),
            ...connected.map(({ id, name, account_id }) => ({
              value: id,
              label: name ? `${name} (${account_id})` : account_id,
            })),
          ]}
          placeholder="Choose an account"
          onChange={setAccount}
        />
      </FormField>
      <FormField label="Months back" errorText={fields["backfill_months"]}>
        <Input type="number" value={months} onChange={({ detail }) => setMonths(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}
