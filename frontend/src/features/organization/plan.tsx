import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import type { components } from "@/generated/api";
import { sentenceCase } from "@/lib/format/words";

type Import = components["schemas"]["ImportOut"];
type Change = components["schemas"]["ChangeOut"];

interface Line {
  verb: string;
  type: StatusIndicatorProps.Type;
  change: Change;
}

/** What an import would create, change, move and remove, field by field. */
export function Plan({ plan }: { plan: Import }) {
  const lines: Line[] = [
    ...plan.created.map((change): Line => ({ verb: "Create", type: "success", change })),
    ...plan.changed.map((change): Line => ({
      verb: change.moved_from ? "Move" : "Change",
      type: "info",
      change,
    })),
    ...plan.removed.map((change): Line => ({ verb: "Remove", type: "warning", change })),
  ];
  return (
    <SpaceBetween size="m">
      <Table<Line>
        variant="embedded"
        wrapLines
        items={lines}
        ariaLabels={{ tableLabel: "The plan" }}
        columnDefinitions={[
          {
            id: "verb",
            header: "What",
            cell: ({ verb, type }) => <StatusIndicator type={type}>{verb}</StatusIndicator>,
          },
          {
            id: "path",
            header: "Where",
            isRowHeader: true,
            cell: ({ change }) => (
              <>
                <span className="breakable">{change.path.join(" › ")}</span>
                {change.moved_from && (
                  <Box color="text-body-secondary" fontSize="body-s">
                    was {change.moved_from.join(" › ")}
                  </Box>
                )}
              </>
            ),
          },
          { id: "kind", header: "Kind", cell: ({ change }) => sentenceCase(change.kind) },
          { id: "fields", header: "Fields", cell: ({ change }) => <Fields change={change} /> },
        ]}
        empty="Nothing would change: all of it is there already."
      />
      {plan.notes.length > 0 && (
        <Box>
          <Box variant="awsui-key-label">Left aside</Box>
          <ul className="plain">
            {plan.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Box>
      )}
    </SpaceBetween>
  );
}

function Fields({ change }: { change: Change }) {
  const names = [...new Set([...Object.keys(change.old), ...Object.keys(change.new)])];
  const told = names.filter((name) => text(change.old[name]) !== text(change.new[name]));
  return (
    <ul className="plain">
      {told.map((name) => (
        <li key={name} className="breakable">
          {sentenceCase(name)}:{" "}
          {name in change.old && text(change.old[name]) && <s>{text(change.old[name])}</s>}{" "}
          {text(change.new[name])}
        </li>
      ))}
    </ul>
  );
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
