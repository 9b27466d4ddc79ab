import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import { sentenceCase } from "@/lib/format/words";

import { Expression } from "./expression";
import { SEVERITIES, TYPES } from "./words";

type Document = Required<Omit<components["schemas"]["NewImport"], "dry_run">>;
type Translated = components["schemas"]["TranslatedPolicy"];

const DRAFTS = "/policies?status=draft";
const EXAMPLE = `policies:
  - name: ebs-unencrypted
    resource: ebs
    filters:
      - Encrypted: false`;

export function Screen() {
  const api = useApi();
  const navigate = useNavigate();
  const [document, setDocument] = useState<Document>({
    document: "",
    severity: "medium",
    type: "compliance",
  });
  const send = (body: Document, dry_run: boolean) =>
    bodyOf(api.POST("/api/v1/policies/import", { body: { ...body, dry_run } }));
  const planning = useMutation({ mutationFn: (body: Document) => send(body, true) });
  const importing = useChange({
    change: (body: Document) => send(body, false),
    affects: [["/api/v1/policies"]],
    success: "The policies are written down as drafts",
    onSuccess: () => void navigate({ href: DRAFTS }),
  });
  const set = (changes: Partial<Document>) => {
    setDocument((now) => ({ ...now, ...changes }));
    planning.reset();
    importing.reset();
  };
  const problem = importing.error ?? planning.error;
  return (
    <Page
      title="Import policies of Cloud Custodian"
      parents={[{ text: "Policies", href: "/policies" }]}
      description="What maps exactly is translated, the rest is refused with its place. All become drafts, or none."
      freshness="Nothing is written before you say so."
    >
      <SpaceBetween size="l">
        <Container
          footer={
            <div className="row">
              <Button
                variant={planning.data ? "normal" : "primary"}
                loading={planning.isPending}
                disabled={document.document.trim() === ""}
                onClick={() => planning.mutate(document)}
              >
                Translate
              </Button>
              {planning.data && (
                <Button
                  variant="primary"
                  loading={importing.isPending}
                  onClick={() => importing.mutate(document)}
                >
                  Save as drafts
                </Button>
              )}
            </div>
          }
        >
          <SpaceBetween size="m">
            <FormField label="Document" stretch>
              <Textarea
                value={document.document}
                rows={12}
                spellcheck={false}
                placeholder={EXAMPLE}
                onChange={({ detail }) => set({ document: detail.value })}
              />
            </FormField>
            <Grid gridDefinition={[{ colspan: { default: 6, s: 3 } }, { colspan: { default: 6, s: 3 } }]}>
              <FormField label="Severity of all">
                <Choice
                  value={document.severity}
                  options={SEVERITIES.map((value) => ({ value, label: sentenceCase(value) }))}
                  onChange={(severity) => set({ severity })}
                />
              </FormField>
              <FormField label="Type of all">
                <Choice
                  value={document.type}
                  options={TYPES.map((value) => ({ value, label: sentenceCase(value) }))}
                  onChange={(type) => set({ type })}
                />
              </FormField>
            </Grid>
          </SpaceBetween>
        </Container>
        {problem && <Refusal error={problem} />}
        {planning.data && <Translation policies={planning.data.policies} />}
      </SpaceBetween>
    </Page>
  );
}

function Refusal({ error }: { error: Error }) {
  const problem = problemOf(error);
  const fields = Object.entries(problem.fields);
  return (
    <Alert type="error" header={problem.title} i18nStrings={{ errorIconAriaLabel: "Error" }}>
      {fields.length === 0 ? (
        problem.detail
      ) : (
        <ul className="plain">
          {fields.map(([field, detail]) => (
            <li key={field}>
              <Box variant="code">{field}</Box>: {detail}
            </li>
          ))}
        </ul>
      )}
    </Alert>
  );
}

function Translation({ policies }: { policies: readonly Translated[] }) {
  return (
    <Table<Translated>
      variant="container"
      wrapLines
      items={policies}
      header={
        <Header variant="h2" counter={`(${policies.length})`} description="Nothing is written yet">
          As it would be taken
        </Header>
      }
      ariaLabels={{ tableLabel: "Translated policies" }}
      columnDefinitions={[
        { id: "name", header: "Policy", isRowHeader: true, cell: ({ name }) => name },
        { id: "types", header: "Looks at", cell: ({ resource_types }) => resource_types.join(", ") },
        {
          id: "expression",
          header: "Violated where",
          minWidth: 240,
          cell: ({ expression }) => <Expression tree={expression} />,
        },
        {
          id: "notes",
          header: "Left out",
          cell: ({ notes }) => (notes.length === 0 ? "Nothing" : notes.join("; ")),
        },
      ]}
    />
  );
}
