import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import FileUpload from "@cloudscape-design/components/file-upload";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
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

import { Plan } from "./plan";

type Document = Required<components["schemas"]["OrganizationDocument"]>;

const FORMATS = [
  { value: "cloudops", label: "Organisation document", description: "As Export YAML writes it" },
  { value: "backstage", label: "Backstage catalogue", description: "catalog-info.yaml; removes nothing" },
] as const;

const HIERARCHY = { text: "Hierarchy", href: "/organization" };

const EXAMPLE = `business_groups:
  Commerce:
    business_units:
      Shop:
        teams:
          Checkout:
            owner_email: checkout@example.com
            services:
              cart: {service_type: API}`;

export function Screen() {
  const api = useApi();
  const navigate = useNavigate();
  const [document, setDocument] = useState<Document>({
    content: "",
    format: "cloudops",
    remove_missing: false,
  });
  const send = (body: Document, dry_run: boolean) =>
    bodyOf(api.POST("/api/v1/organization/import", { params: { query: { dry_run } }, body }));
  const planning = useMutation({ mutationFn: (body: Document) => send(body, true) });
  const importing = useChange({
    change: (body: Document) => send(body, false),
    affects: [["/api/v1/organization"], ["/api/v1/teams"], ["/api/v1/services"], ["/api/v1/costs/by_team"]],
    success: "The organisation is imported",
    onSuccess: () => void navigate({ to: HIERARCHY.href }),
  });
  const set = (changes: Partial<Document>) => {
    setDocument((now) => ({ ...now, ...changes }));
    planning.reset();
    importing.reset();
  };
  const problem = importing.error ?? planning.error;
  const changes = planning.data && [
    ...planning.data.created,
    ...planning.data.changed,
    ...planning.data.removed,
  ];
  return (
    <Page
      title="Import the organisation"
      parents={[HIERARCHY]}
      description="Groups, units, teams, members and services from a document. It is taken whole or not at all; look at the plan first."
      freshness="Names are keys: what is there already is found again."
    >
      <SpaceBetween size="l">
        <Container
          footer={
            <div className="row">
              <Button
                variant={changes ? "normal" : "primary"}
                loading={planning.isPending}
                disabled={document.content.trim() === ""}
                onClick={() => planning.mutate(document)}
              >
                Show the plan
              </Button>
              {changes && changes.length > 0 && (
                <Button
                  variant="primary"
                  loading={importing.isPending}
                  onClick={() => importing.mutate(document)}
                >
                  Carry it out
                </Button>
              )}
            </div>
          }
        >
          <SpaceBetween size="m">
            <FormField label="Format">
              <Choice value={document.format} options={FORMATS} onChange={(format) => set({ format })} />
            </FormField>
            <FormField label="File" constraintText="Or write the document below.">
              <FileOfText onRead={(content) => set({ content })} />
            </FormField>
            <FormField label="Document" stretch>
              <Textarea
                value={document.content}
                rows={14}
                spellcheck={false}
                placeholder={EXAMPLE}
                onChange={({ detail }) => set({ content: detail.value })}
              />
            </FormField>
            {document.format === "cloudops" && (
              <Checkbox
                checked={document.remove_missing}
                description="The document is the whole truth: entries that it does not name go, fields that it leaves out are emptied."
                onChange={({ detail }) => set({ remove_missing: detail.checked })}
              >
                Remove what is missing
              </Checkbox>
            )}
          </SpaceBetween>
        </Container>
        {problem && <Refusal error={problem} />}
        {planning.data && (
          <Container
            header={
              <Header variant="h2" description="Nothing is changed yet">
                The plan
              </Header>
            }
          >
            <Plan plan={planning.data} />
          </Container>
        )}
      </SpaceBetween>
    </Page>
  );
}

function FileOfText({ onRead }: { onRead: (text: string) => void }) {
  const [files, setFiles] = useState<File[]>([]);
  const take = (chosen: File[]) => {
    setFiles(chosen);
    void chosen[0]?.text().then(onRead);
  };
  return (
    <FileUpload
      value={files}
      accept=".yaml,.yml"
      showFileSize
      onChange={({ detail }) => take(detail.value)}
      i18nStrings={{
        uploadButtonText: () => "Choose file",
        dropzoneText: () => "Drop the file here",
        removeFileAriaLabel: () => "Remove file",
        limitShowFewer: "Show fewer",
        limitShowMore: "Show more",
        errorIconAriaLabel: "Error",
      }}
    />
  );
}

/** Each field that was refused, by its path. */
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
