import Box from "@cloudscape-design/components/box";

import { callText, type Plan } from "@/lib/plans/plan";

/** Each call that the plan makes, in order, with the one that takes it back. */
export function PlanSteps({ plan }: { plan: Plan }) {
  if (plan.steps.length === 0)
    return <Box color="text-body-secondary">It is so already: no call is made.</Box>;
  return (
    <ol className="plan-steps">
      {plan.steps.map((step, index) => (
        <li key={index}>
          <strong>{sentence(step.name)}</strong>
          <Box color="text-body-secondary" fontSize="body-s">
            <code>{callText(step.call)}</code>
            {" · "}
            {step.undo ? (
              <>
                undone by: {step.undo.name} (<code>{callText(step.undo.call)}</code>)
              </>
            ) : (
              "cannot be undone"
            )}
          </Box>
        </li>
      ))}
    </ol>
  );
}

function sentence(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
