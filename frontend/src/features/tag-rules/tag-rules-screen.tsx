import Box from "@cloudscape-design/components/box";

import { ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { useMember } from "@/lib/session/member";

import type { TagRule } from "./books";
import { leading, NewRuleButton, TRAILING } from "./rule-columns";
import { Standing } from "./standing";

export function Screen() {
  const list = useList({ name: "tag-rules", path: "/api/v1/tag-rules", filters: [] });
  const { can } = useMember();
  return (
    <ListScreen
      list={list}
      noun="tag rules"
      title="Tag rules"
      description="How tags of bills are read. The first rule that takes a tag is the only one; bills stay as they are."
      freshness={<Standing />}
      actions={<NewRuleButton home="/tag-rules" text={can("administer") ? "New tag rule" : "Try a rule"} />}
      columns={[
        ...leading(list.query.data?.items, "/tag-rules"),
        { id: "key", header: "Tag key", cell: ({ tag_key }) => <code>{tag_key}</code> },
        {
          id: "pattern",
          header: "Pattern",
          cell: ({ pattern }) => (pattern ? <code className="breakable">{pattern}</code> : <Any />),
        },
        {
          id: "becomes",
          header: "Becomes",
          cell: (rule) => <code className="breakable">{becomes(rule)}</code>,
        },
        ...TRAILING,
      ]}
      rowId={({ id }) => id}
      empty="Every tag is read as it is. Where prod, Prod and production are one environment, write a rule that says so."
    />
  );
}

function Any() {
  return (
    <Box color="text-body-secondary" display="inline">
      Every value
    </Box>
  );
}

function becomes({ tag_key, normalized_key, normalized_value }: TagRule): string {
  return `${normalized_key ?? tag_key}=${normalized_value ?? "\\0"}`;
}
