import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import type { Column } from "@/components/list/list-screen";
import { timeOf } from "@/lib/format/dates";

interface Rule {
  id: string;
  rule_name: string;
  priority: number;
  is_active: boolean;
  updated_at: string | null;
}

/** Which is tried first, and its name. */
export function leading(rules: readonly Rule[] | undefined, home: string): Column<Rule>[] {
  return [
    {
      id: "name",
      header: "Rule",
      isRowHeader: true,
      minWidth: 220,
      cell: ({ id, rule_name }) => <Link href={`${home}/${id}`}>{rule_name}</Link>,
    },
    {
      id: "order",
      header: "Tried",
      align: "right",
      cell: (rule) => (rules ? rules.indexOf(rule) + 1 : ""),
    },
  ];
}

export const TRAILING: readonly Column<Rule>[] = [
  { id: "priority", header: "Priority", align: "right", cell: ({ priority }) => priority },
  {
    id: "state",
    header: "State",
    cell: ({ is_active }) =>
      is_active ? (
        <StatusIndicator type="success">Counts</StatusIndicator>
      ) : (
        <StatusIndicator type="stopped">Switched off</StatusIndicator>
      ),
  },
  {
    id: "updated",
    header: "Changed",
    optional: true,
    cell: ({ updated_at }) => (updated_at ? timeOf(updated_at) : "Never"),
  },
];

export function NewRuleButton({ home, text }: { home: string; text: string }) {
  return (
    <Button variant="primary" href={`${home}/new`}>
      {text}
    </Button>
  );
}
