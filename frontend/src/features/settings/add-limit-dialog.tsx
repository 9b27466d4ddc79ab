import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { type Api, bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";

import { LIMITS, SEVERITIES } from "./limit-words";

const KINDS = [
  { value: "cost", label: "Daily cost of a service" },
  { value: "5xx_count", label: "5xx errors" },
  { value: "p95_latency_ms", label: "p95 latency in ms" },
] as const;

type Kind = (typeof KINDS)[number]["value"];
type SeverityName = (typeof SEVERITIES)[number]["value"];

export function AddLimitDialog({ onClose }: { onClose: () => void }) {
  const api = useApi();
  const [kind, setKind] = useState<Kind>("cost");
  const [service, setService] = useState("");
  const [place, setPlace] = useState("");
  const [threshold, setThreshold] = useState("");
  const [currency, setCurrency] = useState("USD");
  const [points, setPoints] = useState("1");
  const [severity, setSeverity] = useState<SeverityName>("high");
  const isCost = kind === "cost";
  const addition = useChange({
    change: () =>
      add(api, {
        kind,
        service: service.trim(),
        place: place.trim() || null,
        threshold: threshold.trim(),
        currency: currency.trim().toUpperCase(),
        points: Number(points),
        severity,
      }),
    affects: [LIMITS],
    success: "The limit is set",
    onSuccess: onClose,
  });
  const fields = addition.error ? problemOf(addition.error).fields : {};
  return (
    <ConfirmDialog
      title="Add a limit"
      confirm="Add"
      disabled={threshold.trim() === "" || (isCost && service.trim() === "")}
      pending={addition.isPending}
      problem={addition.error}
      onConfirm={() => addition.mutate(undefined)}
      onCancel={onClose}
    >
      <FormField label="Of what">
        <Choice value={kind} options={KINDS} onChange={setKind} />
      </FormField>
      {isCost && (
        <FormField
          label="Service"
          constraintText="As the bill has it, e.g. AmazonEC2"
          errorText={fields["service_name"]}
        >
          <Input value={service} onChange={({ detail }) => setService(detail.value)} ariaRequired />
        </FormField>
      )}
      <FormField label={isCost ? "Account" : "Resource"} constraintText="Left empty, anywhere">
        <Input value={place} onChange={({ detail }) => setPlace(detail.value)} />
      </FormField>
      <div className="fields">
        <FormField label="Above" errorText={fields["threshold"]}>
          <Input
            inputMode="decimal"
            value={threshold}
            onChange={({ detail }) => setThreshold(detail.value)}
          />
        </FormField>
        {isCost && (
          <FormField label="Currency" errorText={fields["currency"]}>
            <Input value={currency} onChange={({ detail }) => setCurrency(detail.value)} />
          </FormField>
        )}
        <FormField
          label={isCost ? "Days in a row" : "Points in a row"}
          errorText={fields["consecutive_points"]}
        >
          <Input type="number" value={points} onChange={({ detail }) => setPoints(detail.value)} />
        </FormField>
        <FormField label="Severity">
          <Choice value={severity} options={SEVERITIES} onChange={setSeverity} />
        </FormField>
      </div>
    </ConfirmDialog>
  );
}

interface Wanted {
  kind: Kind;
  service: string;
  place: string | null;
  threshold: string;
  currency: string;
  points: number;
  severity: SeverityName;
}

function add(api: Api, { kind, service, place, threshold, currency, points, severity }: Wanted) {
  const same = { threshold, consecutive_points: points, severity };
  const body =
    kind === "cost"
      ? ({ alert_type: "cost", service_name: service, account_id: place, currency, ...same } as const)
      : ({ alert_type: "reliability", metric_name: kind, resource_id: place, ...same } as const);
  return bodyOf(api.POST("/api/v1/limits", { body }));
}
