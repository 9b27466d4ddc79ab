import Box from "@cloudscape-design/components/box";

import { sentenceCase } from "@/lib/format/words";
import { differences, type Plan } from "@/lib/plans/plan";

/** What the resource is like now, and after the last step. */
export function PlanDifferences({ plan }: { plan: Plan }) {
  const found = differences(plan);
  if (found.length === 0) return <Box color="text-body-secondary">Nothing changes in its state.</Box>;
  return (
    <ul className="plain">
      {found.map(({ fact, before, after }) => (
        <li key={fact} className="breakable">
          {sentenceCase(fact)}: {before} <span aria-hidden="true">→</span>
          <span className="visually-hidden"> becomes </span> <strong>{after}</strong>
        </li>
      ))}
    </ul>
  );
}
