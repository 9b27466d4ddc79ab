import Alert from "@cloudscape-design/components/alert";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";

import { Choice } from "@/components/choice";
import { usePathParameter } from "@/lib/url-state";

import { type Kind, kindOf, KINDS } from "./attribution-kinds";
import {
  ATTRIBUTION_RULES,
  type AttributionRule,
  type AttributionRuleDraft,
  FINDS_THE_OWNER,
  LOOKS_AT_A_TAG,
} from "./books";
import { type Owner, useOwners } from "./owners";
import { type Fields, NewRuleEditor, RuleEditor } from "./rule-editor";

const BLANK: AttributionRuleDraft = {
  rule_name: "",
  kind: "tag",
  tag_key: null,
  match_values: [],
  team_id: null,
  service_id: null,
  priority: 0,
  is_active: true,
};

const PROPS = {
  book: ATTRIBUTION_RULES,
  blank: BLANK,
  wanting: "Say what the rule takes and whom it gives it to: the rows and the money show here at once.",
  description:
    "Whose cost something is. Team and service are decided apart, each by the first rule that names one.",
  fields: (fields: Fields<AttributionRuleDraft>) => <AttributionRuleFields {...fields} />,
  isBuiltIn: ({ is_built_in }: AttributionRule) => is_built_in,
};

export function NewRule() {
  return <NewRuleEditor {...PROPS} />;
}

export function Screen() {
  const id = usePathParameter("id");
  return <RuleEditor key={id} {...PROPS} id={id} />;
}

function AttributionRuleFields(fields: Fields<AttributionRuleDraft>) {
  const { draft, set, errors } = fields;
  const findsOwner = FINDS_THE_OWNER.has(draft.kind);
  const change = (kind: Kind) =>
    set({
      kind,
      ...(!LOOKS_AT_A_TAG.has(kind) && { tag_key: null }),
      ...(FINDS_THE_OWNER.has(kind) && { match_values: [], team_id: null, service_id: null }),
    });
  return (
    <SpaceBetween size="m">
      {draft.priority < 0 && (
        <Alert type="info" i18nStrings={{ infoIconAriaLabel: "Info" }}>
          Of a built-in rule only priority and state can change.
        </Alert>
      )}
      <FormField label="What it looks at" errorText={errors["kind"]}>
        <Choice value={draft.kind} options={KINDS} onChange={change} />
      </FormField>
      {LOOKS_AT_A_TAG.has(draft.kind) && (
        <FormField label="Tag key" constraintText="As tag rules read it." errorText={errors["tag_key"]}>
          <Input
            value={draft.tag_key ?? ""}
            spellcheck={false}
            placeholder="owner"
            onChange={({ detail }) => set({ tag_key: detail.value || null })}
          />
        </FormField>
      )}
      {!findsOwner && <Values {...fields} />}
      {!findsOwner && <Receiver {...fields} />}
    </SpaceBetween>
  );
}

function Values({ draft, set, errors }: Fields<AttributionRuleDraft>) {
  const error = Object.entries(errors).find(([field]) => field.startsWith("match_values"))?.[1];
  return (
    <FormField label={kindOf(draft.kind).values} constraintText="One per line." errorText={error}>
      <Textarea
        value={draft.match_values.join("\n")}
        rows={3}
        spellcheck={false}
        onChange={({ detail }) => set({ match_values: detail.value === "" ? [] : detail.value.split("\n") })}
      />
    </FormField>
  );
}

function Receiver({ draft, set, errors }: Fields<AttributionRuleDraft>) {
  const { teams, services } = useOwners();
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, xs: 6 } }, { colspan: { default: 12, xs: 6 } }]}>
      <FormField label="Team" errorText={errors["team_id"]}>
        <OwnerChoice value={draft.team_id} options={teams} onChange={(team_id) => set({ team_id })} />
      </FormField>
      <FormField label="Service" constraintText="Brings its team along." errorText={errors["service_id"]}>
        <OwnerChoice
          value={draft.service_id}
          options={services}
          onChange={(service_id) => set({ service_id })}
        />
      </FormField>
    </Grid>
  );
}

interface OwnerChoiceProps {
  value: string | null;
  options: readonly Owner[];
  onChange: (value: string | null) => void;
}

function OwnerChoice({ value, options, onChange }: OwnerChoiceProps) {
  return (
    <Choice
      value={value ?? ""}
      options={[{ value: "", label: "None" }, ...options]}
      filteringType="auto"
      onChange={(chosen) => onChange(chosen || null)}
    />
  );
}
