import { ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { useMember } from "@/lib/session/member";

import { useOwners } from "./owners";
import { leading, NewRuleButton, TRAILING } from "./rule-columns";
import { borne, shared } from "./split-words";
import { Standing } from "./standing";

export function Screen() {
  const list = useList({ name: "split-rules", path: "/api/v1/split-rules", filters: [] });
  const { can } = useMember();
  const { nameOf } = useOwners();
  return (
    <ListScreen
      list={list}
      noun="split rules"
      title="Shared costs"
      description="What is nobody's direct cost, such as tax or support, and how teams bear it. Each day's parts add up to the last digit."
      freshness={<Standing />}
      actions={
        <NewRuleButton home="/split-rules" text={can("administer") ? "New split rule" : "Try a rule"} />
      }
      columns={[
        ...leading(list.query.data?.items, "/split-rules"),
        { id: "what", header: "What is shared", cell: shared },
        { id: "who", header: "Who bears it", maxWidth: 420, cell: (rule) => borne(rule, nameOf) },
        ...TRAILING,
      ]}
      rowId={({ id }) => id}
      empty="Nothing is shared: tax, support and the like stay with the account that they are billed to, or with nobody."
    />
  );
}
