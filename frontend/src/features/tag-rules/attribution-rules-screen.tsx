import Badge from "@cloudscape-design/components/badge";
import Button from "@cloudscape-design/components/button";

import { ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { useMember } from "@/lib/session/member";

import { kindOf, takes } from "./attribution-kinds";
import type { AttributionRule } from "./books";
import { useOwners } from "./owners";
import { leading, NewRuleButton, TRAILING } from "./rule-columns";
import { Standing } from "./standing";

export function Screen() {
  const list = useList({ name: "attribution-rules", path: "/api/v1/attribution-rules", filters: [] });
  const { can } = useMember();
  const { nameOf } = useOwners();
  return (
    <ListScreen
      list={list}
      noun="attribution rules"
      title="Attribution rules"
      description="Whose cost it is: team and service are decided apart, each by the first rule that names one."
      freshness={<Standing />}
      actions={
        <>
          <Button href="/attribution">Explain a charge</Button>
          <NewRuleButton
            home="/attribution-rules"
            text={can("administer") ? "New attribution rule" : "Try a rule"}
          />
        </>
      }
      columns={[
        ...leading(list.query.data?.items, "/attribution-rules"),
        { id: "kind", header: "Looks at", cell: ({ kind }) => kindOf(kind).label },
        { id: "takes", header: "Takes", maxWidth: 340, cell: takes },
        { id: "gives", header: "Gives to", cell: (rule) => gives(rule, nameOf) },
        ...TRAILING,
        {
          id: "built-in",
          header: "Made by",
          optional: true,
          cell: ({ is_built_in }) => (is_built_in ? <Badge>Built in</Badge> : "People"),
        },
      ]}
      rowId={({ id }) => id}
      empty="There are no rules, so no cost has an owner."
    />
  );
}

function gives(
  { kind, team_id, service_id }: AttributionRule,
  nameOf: (id: string | null) => string,
): string {
  if (kind === "service_name") return "That service and its team";
  if (kind === "team_name" || kind === "account_owner") return "That team";
  return [nameOf(team_id), nameOf(service_id)].filter(Boolean).join(", ");
}
