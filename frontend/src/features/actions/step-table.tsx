import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { clockOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";
import { planOf } from "@/lib/plans/plan";

import { type ActionDetail, type ActionStep, hasEnded, lasted } from "./action-words";

interface Row {
  key: string;
  number: string;
  name: string;
  step: ActionStep | null;
}

const STATUS_WORDS: Readonly<
  Record<ActionStep["status"], { type: StatusIndicatorProps.Type; text: string }>
> = {
  intended: { type: "in-progress", text: "Asked, not seen yet" },
  landed: { type: "success", text: "Seen to be done" },
  refused: { type: "error", text: "Refused" },
};

/** The steps that were made, forth and back, and those of the plan that are still to come. */
export function StepTable({ action }: { action: ActionDetail }) {
  return (
    <Table<Row>
      variant="container"
      wrapLines
      ariaLabels={{ tableLabel: "Steps" }}
      header={
        <Header variant="h2" description="Each is intended before its call, and settled by a read alone">
          Steps
        </Header>
      }
      items={rowsOf(action)}
      trackBy="key"
      columnDefinitions={[
        { id: "number", header: "No.", cell: ({ number }) => number },
        {
          id: "name",
          header: "Step",
          isRowHeader: true,
          minWidth: 130,
          cell: ({ name }) => sentenceCase(name),
        },
        {
          id: "status",
          header: "Status",
          minWidth: 175,
          cell: ({ step }) => <StepStatus step={step} ended={hasEnded(action)} />,
        },
        { id: "at", header: "Asked", cell: ({ step }) => (step ? clockOf(step.intended_at) : "–") },
        {
          id: "took",
          header: <div className="number">Took</div>,
          cell: ({ step }) => (
            <div className="number">{step?.settled_at ? lasted(step.intended_at, step.settled_at) : "–"}</div>
          ),
        },
      ]}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          There is no plan yet.
        </Box>
      }
    />
  );
}

function StepStatus({ step, ended }: { step: ActionStep | null; ended: boolean }) {
  if (step === null)
    return <StatusIndicator type="not-started">{ended ? "Never made" : "To come"}</StatusIndicator>;
  const { type, text } = STATUS_WORDS[step.status];
  const again = step.attempts > 1 ? ` (${step.attempts} attempts)` : "";
  return (
    <StatusIndicator type={type}>
      {text}
      {again}
    </StatusIndicator>
  );
}

function rowsOf({ plan, steps }: ActionDetail): Row[] {
  const forth = (planOf(plan)?.steps ?? []).map(({ name }, index): Row => {
    const made = steps.find((step) => step.direction === "forth" && step.number === index + 1);
    return { key: `forth ${index}`, number: String(index + 1), name, step: made ?? null };
  });
  const back = steps
    .filter(({ direction }) => direction === "back")
    .map((step): Row => ({
      key: `back ${step.number}`,
      number: `back ${step.number}`,
      name: step.name,
      step,
    }));
  return [...forth, ...back];
}
