import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { usePathParameter } from "@/lib/url-state";

import { TAG_RULES, type TagRuleDraft } from "./books";
import { type Fields, NewRuleEditor, RuleEditor } from "./rule-editor";

const BLANK: TagRuleDraft = {
  rule_name: "",
  tag_key: "",
  pattern: null,
  normalized_key: null,
  normalized_value: null,
  priority: 0,
  is_active: true,
};

const PROPS = {
  book: TAG_RULES,
  blank: BLANK,
  wanting: "Name a tag key, and what its key or value becomes: what that would change shows here at once.",
  description: "How a tag of a bill is read before it decides whose cost something is.",
  fields: (fields: Fields<TagRuleDraft>) => <TagRuleFields {...fields} />,
};

export function NewRule() {
  return <NewRuleEditor {...PROPS} />;
}

export function Screen() {
  const id = usePathParameter("id");
  return <RuleEditor key={id} {...PROPS} id={id} />;
}

function TagRuleFields({ draft, set, errors }: Fields<TagRuleDraft>) {
  return (
    <SpaceBetween size="m">
      <FormField
        label="Tag key"
        constraintText="In any case: env is Env and ENV, too."
        errorText={errors["tag_key"]}
      >
        <Input
          value={draft.tag_key}
          spellcheck={false}
          placeholder="environment"
          onChange={({ detail }) => set({ tag_key: detail.value })}
        />
      </FormField>
      <FormField
        label="Pattern"
        constraintText={
          <>
            <Link external href="https://github.com/google/re2/wiki/Syntax" fontSize="body-s">
              RE2
            </Link>{" "}
            that matches the whole value; none takes every value.
          </>
        }
        errorText={errors["pattern"]}
      >
        <Input
          value={draft.pattern ?? ""}
          spellcheck={false}
          placeholder="(?i)prod(uction)?"
          onChange={({ detail }) => set({ pattern: detail.value || null })}
        />
      </FormField>
      <Grid gridDefinition={[{ colspan: { default: 6 } }, { colspan: { default: 6 } }]}>
        <FormField label="Key becomes" constraintText="None keeps it." errorText={errors["normalized_key"]}>
          <Input
            value={draft.normalized_key ?? ""}
            spellcheck={false}
            onChange={({ detail }) => set({ normalized_key: detail.value || null })}
          />
        </FormField>
        <FormField
          label="Value becomes"
          constraintText={"\\1 to \\9 are the pattern's groups, \\0 the value."}
          errorText={errors["normalized_value"]}
        >
          <Input
            value={draft.normalized_value ?? ""}
            spellcheck={false}
            placeholder="production"
            onChange={({ detail }) => set({ normalized_value: detail.value || null })}
          />
        </FormField>
      </Grid>
    </SpaceBetween>
  );
}
