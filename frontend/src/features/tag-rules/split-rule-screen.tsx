import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Multiselect from "@cloudscape-design/components/multiselect";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { Choice } from "@/components/choice";
import { usePathParameter } from "@/lib/url-state";

import { SPLIT_RULES, type SplitRuleDraft } from "./books";
import { useOwners } from "./owners";
import { type Fields, NewRuleEditor, RuleEditor } from "./rule-editor";
import { METHODS, CATEGORIES } from "./split-words";

const BLANK: SplitRuleDraft = {
  rule_name: "",
  method: "proportional",
  charge_category: null,
  service: null,
  account_id: null,
  tag_key: null,
  tag_value: null,
  shares: [],
  priority: 0,
  is_active: true,
};

const PROPS = {
  book: SPLIT_RULES,
  blank: BLANK,
  wanting:
    "Choose a category, a service, an account or a tag: the rows and the money to share show here at once.",
  description:
    "What is nobody's direct cost, and how teams bear it. What meets all of its conditions is shared.",
  fields: (fields: Fields<SplitRuleDraft>) => <SplitRuleFields {...fields} />,
};

export function NewRule() {
  return <NewRuleEditor {...PROPS} />;
}

export function Screen() {
  const id = usePathParameter("id");
  return <RuleEditor key={id} {...PROPS} id={id} />;
}

function SplitRuleFields(fields: Fields<SplitRuleDraft>) {
  const { draft, set, errors } = fields;
  return (
    <SpaceBetween size="m">
      <Grid gridDefinition={Array.from({ length: 3 }, () => ({ colspan: { default: 12, xs: 4 } }))}>
        <FormField label="Category" errorText={errors["charge_category"]}>
          <Choice
            value={draft.charge_category ?? ""}
            options={[{ value: "", label: "Any" }, ...CATEGORIES]}
            onChange={(category) => set({ charge_category: category || null })}
          />
        </FormField>
        <Text label="Service" field="service" {...fields} />
        <Text label="Account" field="account_id" {...fields} />
      </Grid>
      <Grid gridDefinition={[{ colspan: { default: 6 } }, { colspan: { default: 6 } }]}>
        <Text label="Tag key" field="tag_key" {...fields} />
        <Text label="Tag value" field="tag_value" {...fields} />
      </Grid>
      <FormField label="Teams bear it" errorText={errors["method"]}>
        <Choice value={draft.method} options={METHODS} onChange={(method) => set({ method, shares: [] })} />
      </FormField>
      {draft.method === "fixed" ? <Percentages {...fields} /> : <Bearers {...fields} />}
    </SpaceBetween>
  );
}

type TextField = "service" | "account_id" | "tag_key" | "tag_value";

function Text({
  label,
  field,
  draft,
  set,
  errors,
}: Fields<SplitRuleDraft> & { label: string; field: TextField }) {
  return (
    <FormField label={label} errorText={errors[field]}>
      <Input
        value={draft[field] ?? ""}
        spellcheck={false}
        placeholder="Any"
        onChange={({ detail }) => set({ [field]: detail.value || null })}
      />
    </FormField>
  );
}

function Bearers({ draft, set, errors }: Fields<SplitRuleDraft>) {
  const { teams } = useOwners();
  const chosen = new Set(draft.shares.map(({ team_id }) => team_id));
  return (
    <FormField label="Teams" constraintText="None chosen: all teams bear it." errorText={errors["shares"]}>
      <Multiselect
        selectedOptions={teams.filter(({ value }) => chosen.has(value))}
        options={teams}
        filteringType="auto"
        expandToViewport
        placeholder="All teams"
        onChange={({ detail }) =>
          set({
            shares: detail.selectedOptions.map(({ value = "" }) => ({ team_id: value, percentage: null })),
          })
        }
      />
    </FormField>
  );
}

function Percentages({ draft, set, errors }: Fields<SplitRuleDraft>) {
  const { teams } = useOwners();
  const { shares } = draft;
  const total = shares.reduce((sum, { percentage }) => sum + Number(percentage ?? 0), 0);
  const free = teams.filter(({ value }) => !shares.some(({ team_id }) => team_id === value));
  const replace = (index: number, share: SplitRuleDraft["shares"][number]) =>
    set({ shares: shares.map((one, place) => (place === index ? share : one)) });
  return (
    <FormField
      label="Percentages"
      constraintText={`They add up to 100; now to ${total}.`}
      errorText={Object.entries(errors).find(([field]) => field.startsWith("shares"))?.[1]}
    >
      <SpaceBetween size="xs">
        {shares.map((share, index) => (
          <div className="row" key={share.team_id}>
            <Choice
              ariaLabel="Team"
              value={share.team_id}
              options={teams}
              onChange={(team_id) => replace(index, { ...share, team_id })}
            />
            <Input
              ariaLabel="Percentage"
              type="number"
              value={String(share.percentage ?? "")}
              onChange={({ detail }) => replace(index, { ...share, percentage: detail.value || null })}
            />
            <Button
              iconName="close"
              variant="icon"
              ariaLabel="Remove team"
              onClick={() => set({ shares: shares.filter((_, place) => place !== index) })}
            />
          </div>
        ))}
        <Button
          iconName="add-plus"
          disabled={free.length === 0}
          onClick={() => set({ shares: [...shares, { team_id: free[0]?.value ?? "", percentage: null }] })}
        >
          Add team
        </Button>
      </SpaceBetween>
    </FormField>
  );
}
