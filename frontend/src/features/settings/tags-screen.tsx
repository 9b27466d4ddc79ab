import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Loaded } from "@/components/feedback/loaded";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { type Versioned, versioned } from "@/lib/api/versioned";
import { useMember } from "@/lib/session/member";

import { read, type RequiredTags, written } from "./required-tags";
import { SettingsPage } from "./settings-page";
import { SettingsTable } from "./settings-table";

const TAGS = ["/api/v1/compliance/required-tags", "to edit"] as const;

export function Screen() {
  const api = useApi();
  const query = useQuery({
    queryKey: TAGS,
    queryFn: ({ signal }) => versioned(api.GET("/api/v1/compliance/required-tags", { signal })),
  });
  return (
    <SettingsPage
      title="Required tags"
      description="What has to be tagged how. It holds from the next scan on; keys are compared without case, dashes, underscores and blanks."
    >
      <Loaded query={query}>{(found) => <Tags key={found.etag} found={found} />}</Loaded>
    </SettingsPage>
  );
}

function Tags({ found }: { found: Versioned<RequiredTags> }) {
  const api = useApi();
  const { can } = useMember();
  const { value: tags, etag } = found;
  const [usual, setUsual] = useState(written(tags.default));
  const [types, setTypes] = useState(
    Object.entries(tags.types ?? {}).map(([type, list]) => ({ type, text: written(list) })),
  );
  const edit = useChange({
    change: () =>
      bodyOf(
        api.PUT("/api/v1/compliance/required-tags", {
          params: { header: { "if-match": etag } },
          body: {
            ...tags,
            default: read(usual),
            types: Object.fromEntries(types.map(({ type, text }) => [type, read(text)])),
          },
        }),
      ),
    affects: [["/api/v1/compliance"], ["/api/v1/compliance/required-tags"]],
    success: "The required tags are saved",
  });
  const mayEdit = can("administer");
  const setType = (type: string, text: string) =>
    setTypes((now) => now.map((one) => (one.type === type ? { type, text } : one)));
  const exemptions = tags.exemptions ?? [];
  return (
    <>
      <Container
        header={
          <Header
            variant="h2"
            description='One tag a line; allowed values after a colon, e.g. "Environment: prod, staging".'
            actions={
              mayEdit && (
                <Button loading={edit.isPending} onClick={() => edit.mutate(undefined)}>
                  Save tags
                </Button>
              )
            }
          >
            Required tags
          </Header>
        }
      >
        <SpaceBetween size="m">
          <FormField label="Of every type of resource">
            <Textarea
              rows={Math.max(4, tags.default.length + 1)}
              value={usual}
              readOnly={!mayEdit}
              onChange={({ detail }) => setUsual(detail.value)}
            />
          </FormField>
          {types.map(({ type, text }) => (
            <FormField key={type} label={`Of ${type} instead`}>
              <Textarea
                value={text}
                readOnly={!mayEdit}
                onChange={({ detail }) => setType(type, detail.value)}
              />
            </FormField>
          ))}
          {edit.error && <ProblemAlert error={edit.error} />}
        </SpaceBetween>
      </Container>
      <SettingsTable
        title="Exemptions"
        items={exemptions}
        rowId={({ account_id, resource_type, resource_id }) =>
          [account_id, resource_type, resource_id].join(" ")
        }
        empty="Nothing is exempt."
        columns={[
          {
            id: "what",
            header: "What",
            isRowHeader: true,
            cell: ({ account_id, resource_type, resource_id }) =>
              [account_id, resource_type, resource_id].filter(Boolean).join(", ") || "Everything",
          },
          { id: "reason", header: "Reason", cell: ({ reason }) => reason },
        ]}
      />
    </>
  );
}
