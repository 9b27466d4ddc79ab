import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";

import { addDays, isoDay } from "@/lib/format/dates";

import { ProblemAlert } from "./feedback/problem-alert";

export interface Dismissal {
  reason: string;
  /** The first day on which it counts again, e.g. "2027-02-28"; null where it never does. */
  until: string | null;
}

interface Period {
  label: string;
  /** Days from today on. */
  value: string;
}

const PERIODS: readonly Period[] = [
  { label: "For 30 days", value: "30" },
  { label: "For 90 days", value: "90" },
  { label: "For one year", value: "365" },
];
const FOR_GOOD: Period = { label: "For good", value: "" };

interface DismissDialogProps {
  title: string;
  /** What follows from it, in a sentence. */
  consequence: string;
  confirm?: string;
  /** Left out where the API knows no expiry. */
  withExpiry?: boolean;
  /** The first of them is offered. */
  periods?: readonly Period[];
  /** Whether something may be dismissed for good. */
  forGood?: boolean;
  pending: boolean;
  problem?: unknown;
  today: Date;
  onConfirm: (dismissal: Dismissal) => void;
  onCancel: () => void;
}

/** Nothing is waved away without a reason, and mostly not for ever. Mount it while it is open. */
export function DismissDialog(props: DismissDialogProps) {
  const {
    title,
    consequence,
    confirm = "Dismiss",
    withExpiry = true,
    forGood = false,
    pending,
    problem,
    today,
  } = props;
  const periods = [...(props.periods ?? PERIODS), ...(forGood ? [FOR_GOOD] : [])];
  const [reason, setReason] = useState("");
  const [period, setPeriod] = useState(props.periods?.[0]?.value ?? "90");
  const [asked, setAsked] = useState(false);
  const missing = reason.trim() === "";
  const until = withExpiry && period ? addDays(isoDay(today), Number(period)) : null;
  const submit = () => {
    setAsked(true);
    if (!missing) props.onConfirm({ reason: reason.trim(), until });
  };
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={props.onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={props.onCancel}>
              Cancel
            </Button>
            <Button variant="primary" loading={pending} onClick={submit}>
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <span>{consequence}</span>
        <FormField
          label="Reason"
          errorText={asked && missing ? "Say why, so that others can follow." : undefined}
        >
          <Textarea value={reason} onChange={({ detail }) => setReason(detail.value)} rows={3} ariaRequired />
        </FormField>
        {withExpiry && (
          <FormField
            label="How long"
            constraintText={until ? `It counts again from ${until} on.` : "It never counts again."}
          >
            <Select
              selectedOption={periods.find(({ value }) => value === period) ?? null}
              options={periods}
              onChange={({ detail }) => setPeriod(detail.selectedOption.value ?? "")}
            />
          </FormField>
        )}
        {problem !== undefined && problem !== null && <ProblemAlert error={problem} />}
      </SpaceBetween>
    </Modal>
  );
}
