import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Toggle from "@cloudscape-design/components/toggle";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Loaded } from "@/components/feedback/loaded";
import { useNotifications } from "@/components/feedback/notifications";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import { useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import type { Versioned } from "@/lib/api/versioned";
import { useMember } from "@/lib/session/member";
import { useUrlState } from "@/lib/url-state";
import { useSettled } from "@/lib/use-settled";

import { type Book, changedFields, type Draft } from "./books";
import { addressWith, draftFrom } from "./drafts";
import { PreviewPanel } from "./preview";
import { Standing } from "./standing";

export interface Fields<Written> {
  draft: Written;
  set: (changes: Partial<Written>) => void;
  /** What the API says of a field, by its name. */
  errors: Readonly<Record<string, string>>;
}

interface EditorProps<Rule extends { id: string }, Written extends Draft> {
  book: Book<Rule, Written>;
  blank: Written;
  /** In a few words, what to write before it can be tried. */
  wanting: string;
  description: string;
  fields: (fields: Fields<Written>) => ReactNode;
  isBuiltIn?: (rule: Rule) => boolean;
}

/** The form of a new rule. */
export function NewRuleEditor<Rule extends { id: string }, Written extends Draft>(
  props: EditorProps<Rule, Written>,
) {
  const [search] = useUrlState();
  return <Editor {...props} kept={null} initial={draftFrom(search, props.blank)} />;
}

/** The form of a rule that is there, with the version that it changes. */
export function RuleEditor<Rule extends { id: string }, Written extends Draft>(
  props: EditorProps<Rule, Written> & { id: string },
) {
  const { book, id } = props;
  const api = useApi();
  const [search] = useUrlState();
  const query = useQuery({
    queryKey: [book.path, id],
    queryFn: ({ signal }) => book.read(api, id, signal),
    // A form must not be written over while somebody fills it in.
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <Loaded query={query}>
      {(kept) => <Editor {...props} kept={kept} initial={draftFrom(search, book.draftOf(kept.value))} />}
    </Loaded>
  );
}

function Editor<Rule extends { id: string }, Written extends Draft>({
  book,
  wanting,
  description,
  fields,
  isBuiltIn,
  kept,
  initial,
}: EditorProps<Rule, Written> & { kept: Versioned<Rule> | null; initial: Written }) {
  const { can } = useMember();
  const [draft, setDraft] = useState(initial);
  const [force, setForce] = useState(false);
  const [nameAsked, setNameAsked] = useState(false);
  const set = (changes: Partial<Written>) => setDraft((now) => ({ ...now, ...changes }));
  const { query, outdated, canBeTried } = useAttempt(book, draft, kept?.value.id ?? null);
  const saving = useSaving(book, kept);
  const warned = query.data !== undefined && query.data.warnings.length > 0;
  const nameless = draft.rule_name.trim() === "";
  const refusals = [query.error, saving.error].filter((error) => error !== null).map(problemOf);
  const errors = Object.assign({}, ...refusals.map((problem) => problem.fields)) as Record<string, string>;
  const save = () => {
    setNameAsked(true);
    if (!nameless) saving.mutate({ draft, force });
  };
  return (
    <Page
      title={kept ? initial.rule_name : `New ${book.noun}`}
      parents={[book.list]}
      description={description}
      freshness={<Standing />}
      actions={<ShareButton draft={draft} />}
    >
      <Grid gridDefinition={[{ colspan: { default: 12, m: 5 } }, { colspan: { default: 12, m: 7 } }]}>
        <SpaceBetween size="m">
          <Container
            header={<Header variant="h2">The rule</Header>}
            footer={
              can("administer") && (
                <div className="row">
                  <Button
                    variant="primary"
                    loading={saving.isPending}
                    disabled={warned && !force}
                    onClick={save}
                  >
                    Save
                  </Button>
                  {kept && !isBuiltIn?.(kept.value) && <RemoveButton book={book} kept={kept} />}
                </div>
              )
            }
          >
            <SpaceBetween size="m">
              <FormField
                label="Name"
                errorText={
                  nameAsked && nameless ? "Give it a name." : nameless ? undefined : errors["rule_name"]
                }
              >
                <Input
                  value={draft.rule_name}
                  ariaRequired
                  disabled={kept !== null && isBuiltIn?.(kept.value)}
                  onChange={({ detail }) => set({ rule_name: detail.value } as Partial<Written>)}
                />
              </FormField>
              {fields({ draft, set, errors })}
              <Place draft={draft} set={set} error={errors["priority"]} />
              {warned && can("administer") && (
                <Checkbox checked={force} onChange={({ detail }) => setForce(detail.checked)}>
                  Save it in spite of the warning
                </Checkbox>
              )}
              {saving.error && <ProblemAlert error={saving.error} />}
            </SpaceBetween>
          </Container>
          {!can("administer") && (
            <Alert type="info" i18nStrings={{ infoIconAriaLabel: "Info" }}>
              You can try a rule here, and send the link to an admin, who can save it.
            </Alert>
          )}
        </SpaceBetween>
        <PreviewPanel query={query} wanting={canBeTried ? null : wanting} outdated={outdated} />
      </Grid>
    </Page>
  );
}

/** Tries the draft whenever it was left alone for a moment. */
function useAttempt<Rule extends { id: string }, Written extends Draft>(
  book: Book<Rule, Written>,
  draft: Written,
  id: string | null,
) {
  const api = useApi();
  const settled = useSettled(draft);
  const canBeTried = book.canBeTried(draft);
  const query = useQuery({
    queryKey: [book.path, "preview", id, settled],
    queryFn: ({ signal }) => book.attempt(api, settled, id, signal),
    enabled: canBeTried && book.canBeTried(settled),
    placeholderData: keepPreviousData,
  });
  return { query, canBeTried, outdated: JSON.stringify(settled) !== JSON.stringify(draft) };
}

function useSaving<Rule extends { id: string }, Written extends Draft>(
  book: Book<Rule, Written>,
  kept: Versioned<Rule> | null,
) {
  const api = useApi();
  const navigate = useNavigate();
  return useChange({
    change: ({ draft, force }: { draft: Written; force: boolean }) =>
      kept
        ? book.change(api, kept.value.id, kept.etag, changedFields(book.draftOf(kept.value), draft), force)
        : book.add(api, draft, force),
    affects: [[book.path], ["/api/v1/attribution"]],
    success: `The ${book.noun} is saved; charges follow within minutes`,
    onSuccess: () => void navigate({ to: book.list.href }),
  });
}

function Place<Written extends Draft>({
  draft,
  set,
  error,
}: {
  draft: Written;
  set: Fields<Written>["set"];
  error: string | undefined;
}) {
  return (
    <Grid gridDefinition={[{ colspan: { default: 6 } }, { colspan: { default: 6 } }]}>
      <FormField label="Priority" constraintText="Higher ones are tried first." errorText={error}>
        <Input
          type="number"
          inputMode="numeric"
          value={String(draft.priority)}
          onChange={({ detail }) => set({ priority: Math.trunc(Number(detail.value)) } as Partial<Written>)}
        />
      </FormField>
      <FormField label="State">
        <Toggle
          checked={draft.is_active}
          onChange={({ detail }) => set({ is_active: detail.checked } as Partial<Written>)}
        >
          {draft.is_active ? "It counts" : "Switched off"}
        </Toggle>
      </FormField>
    </Grid>
  );
}

function ShareButton({ draft }: { draft: object }) {
  const { tell } = useNotifications();
  const copy = () =>
    void navigator.clipboard
      .writeText(addressWith(location.href, draft))
      .then(() => tell({ type: "success", header: "The link to this draft is copied" }));
  return (
    <Button iconName="share" onClick={copy}>
      Copy link
    </Button>
  );
}

function RemoveButton<Rule extends { id: string }, Written extends Draft>({
  book,
  kept,
}: {
  book: Book<Rule, Written>;
  kept: Versioned<Rule>;
}) {
  const api = useApi();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const removal = useChange({
    change: () => book.remove(api, kept.value.id, kept.etag),
    affects: [[book.path], ["/api/v1/attribution"]],
    success: `The ${book.noun} is deleted`,
    onSuccess: () => void navigate({ to: book.list.href }),
  });
  return (
    <>
      <Button onClick={() => setAsked(true)}>Delete</Button>
      {asked && (
        <ConfirmDialog
          title={`Delete this ${book.noun}`}
          confirm="Delete"
          pending={removal.isPending}
          problem={removal.error}
          onCancel={() => setAsked(false)}
          onConfirm={() => removal.mutate(undefined)}
        >
          <Box>What it took goes by the rules after it, from the next minutes on.</Box>
        </ConfirmDialog>
      )}
    </>
  );
}
