import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { Loaded } from "@/components/feedback/loaded";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import type { Versioned } from "@/lib/api/versioned";
import { sentenceCase } from "@/lib/format/words";
import { usePathParameter } from "@/lib/url-state";
import { useSettled } from "@/lib/use-settled";

import { BLANK, type Draft, draftOf, read, type Written } from "./drafts";
import { Evaluated } from "./freshness";
import { type Policy, policyOf, trialOf } from "./queries";
import { TrialPanel } from "./trial";
import { EFFECTS, POLICY_STATUSES, PROVIDERS, SEVERITIES, TYPES } from "./words";

export function NewPolicy() {
  return <Form kept={null} />;
}

export function Screen() {
  const id = usePathParameter("id");
  // A form must not be written over while somebody fills it in.
  const query = useQuery({ ...policyOf(useApi(), id), staleTime: Infinity, refetchOnMount: "always" });
  if (query.isFetching && query.isStale) return null;
  return <Loaded query={query}>{(kept) => <Form key={kept.etag} kept={kept} />}</Loaded>;
}

function Form({ kept }: { kept: Versioned<Policy> | null }) {
  const [draft, setDraft] = useState<Draft>(kept ? draftOf(kept.value) : BLANK);
  const set = (changes: Partial<Draft>) => setDraft((now) => ({ ...now, ...changes }));
  const { written, mistake } = read(draft);
  const trial = useTrial(written);
  const saving = useSaving(kept);
  const refusals = [trial.error, saving.error].filter((error) => error !== null).map(problemOf);
  const errors = Object.assign({}, ...refusals.map(({ fields }) => fields)) as Record<string, string>;
  return (
    <Page
      title={kept ? `Change ${kept.value.name}` : "New policy"}
      parents={[{ text: "Policies", href: "/policies" }]}
      description="What must not be true of a resource. The preview tells which resources the expression would flag now."
      freshness={<Evaluated />}
    >
      <Grid gridDefinition={[{ colspan: { default: 12, m: 6 } }, { colspan: { default: 12, m: 6 } }]}>
        <Container
          header={<Header variant="h2">The policy</Header>}
          footer={
            <Button
              variant="primary"
              loading={saving.isPending}
              disabled={written === null || draft.name.trim() === ""}
              onClick={() => written && saving.mutate(written)}
            >
              Save
            </Button>
          }
        >
          <SpaceBetween size="m">
            <Fields draft={draft} set={set} errors={errors} mistake={mistake} />
            {saving.error && <ProblemAlert error={saving.error} />}
          </SpaceBetween>
        </Container>
        <TrialPanel
          query={trial}
          wanting={
            written ? null : "Write an expression: the resources that it would flag show here at once."
          }
        />
      </Grid>
    </Page>
  );
}

function useTrial(written: Written | null) {
  const settled = useSettled(written);
  return useQuery({
    ...trialOf(useApi(), settled ?? { provider: "aws", scope: null, resource_types: [], expression: {} }),
    enabled: written !== null && settled !== null,
    placeholderData: keepPreviousData,
  });
}

const HOME = "/policies";

function useSaving(kept: Versioned<Policy> | null) {
  const api = useApi();
  const navigate = useNavigate();
  return useChange({
    change: (body: Written) =>
      kept
        ? bodyOf(
            api.PATCH("/api/v1/policies/{policy_id}", {
              params: { path: { policy_id: kept.value.id }, header: { "if-match": kept.etag } },
              body,
            }),
          )
        : bodyOf(api.POST("/api/v1/policies", { body: body as components["schemas"]["NewPolicy"] })),
    affects: [["/api/v1/policies"]],
    success: "The policy is saved",
    onSuccess: ({ id }) => void navigate({ to: `${HOME}/${encodeURIComponent(id)}` }),
  });
}

interface FieldsProps {
  draft: Draft;
  set: (changes: Partial<Draft>) => void;
  errors: Readonly<Record<string, string>>;
  /** What is wrong with the expression before the API sees it. */
  mistake: string | null;
}

function Fields({ draft, set, errors, mistake }: FieldsProps) {
  const refused = Object.entries(errors).find(([field]) => field.startsWith("expression"));
  return (
    <SpaceBetween size="m">
      <FormField label="Name" errorText={errors["name"]}>
        <Input value={draft.name} ariaRequired onChange={({ detail }) => set({ name: detail.value })} />
      </FormField>
      <FormField label="Description" errorText={errors["description"]}>
        <Input value={draft.description} onChange={({ detail }) => set({ description: detail.value })} />
      </FormField>
      <FormField
        label="Expression"
        constraintText="JSON: tests of a field, within all, any and not."
        errorText={mistake ?? (refused && `${refused[0]}: ${refused[1]}`)}
        stretch
      >
        <Textarea
          value={draft.expression}
          rows={9}
          spellcheck={false}
          onChange={({ detail }) => set({ expression: detail.value })}
        />
      </FormField>
      <Grid gridDefinition={[{ colspan: { default: 6 } }, { colspan: { default: 6 } }]}>
        <FormField
          label="Types of resources"
          constraintText="Parted by commas; none means all."
          errorText={errors["resource_types"]}
        >
          <Input
            value={draft.types}
            placeholder="EC2, EBS"
            onChange={({ detail }) => set({ types: detail.value })}
          />
        </FormField>
        <FormField label="Account" constraintText="None means all." errorText={errors["scope"]}>
          <Input value={draft.scope} onChange={({ detail }) => set({ scope: detail.value })} />
        </FormField>
      </Grid>
      <Choices draft={draft} set={set} />
      <FormField label="How to mend it" constraintText="One step per line." errorText={errors["remediation"]}>
        <Textarea
          value={draft.remediation}
          rows={3}
          onChange={({ detail }) => set({ remediation: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function Choices({ draft, set }: Pick<FieldsProps, "draft" | "set">) {
  return (
    <Grid gridDefinition={Array.from({ length: 5 }, () => ({ colspan: { default: 6, xs: 4 } }))}>
      <FormField label="Severity">
        <Choice
          value={draft.severity}
          options={optionsOf(SEVERITIES)}
          onChange={(severity) => set({ severity })}
        />
      </FormField>
      <FormField label="Status">
        <Choice
          value={draft.status}
          options={optionsOf(POLICY_STATUSES)}
          onChange={(status) => set({ status })}
        />
      </FormField>
      <FormField label="Type">
        <Choice value={draft.type} options={optionsOf(TYPES)} onChange={(type) => set({ type })} />
      </FormField>
      <FormField label="Effect">
        <Choice value={draft.effect} options={optionsOf(EFFECTS)} onChange={(effect) => set({ effect })} />
      </FormField>
      <FormField label="Provider">
        <Choice
          value={draft.provider}
          options={PROVIDERS.map((value) => ({
            value,
            label: value === "other" ? "Other" : value.toUpperCase(),
          }))}
          onChange={(provider) => set({ provider })}
        />
      </FormField>
    </Grid>
  );
}

function optionsOf<Value extends string>(values: readonly Value[]): { value: Value; label: string }[] {
  return values.map((value) => ({ value, label: sentenceCase(value) }));
}
