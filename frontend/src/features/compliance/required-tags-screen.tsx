import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Loaded } from "@/components/feedback/loaded";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import { useApi } from "@/lib/api/client";
import { type Versioned, versioned } from "@/lib/api/versioned";
import { useMember } from "@/lib/session/member";

import { type Exemption, type RequiredTag, type RequiredTags, requiredTagsOf } from "./queries";

export function Screen() {
  const query = useQuery(requiredTagsOf(useApi()));
  return <Loaded query={query}>{(kept) => <Editor key={kept.etag} kept={kept} />}</Loaded>;
}

function Editor({ kept }: { kept: Versioned<RequiredTags> }) {
  const api = useApi();
  const { can } = useMember();
  const [tags, setTags] = useState(kept.value);
  const saving = useChange({
    change: (body: RequiredTags) =>
      versioned(
        api.PUT("/api/v1/compliance/required-tags", {
          params: { header: { "if-match": kept.etag } },
          body,
        }),
      ),
    affects: [["/api/v1/compliance/required-tags"]],
    success: "The next scan asks for these tags",
  });
  const types = Object.entries(tags.types ?? {});
  const changed = JSON.stringify(tags) !== JSON.stringify(kept.value);
  return (
    <Page
      title="Required tags"
      parents={[{ text: "Tag compliance", href: "/compliance" }]}
      description="Which tags resources have to carry. Keys are compared without case, dashes, underscores and blanks; values exactly."
      freshness="Scans from now on go by what stands here."
      actions={
        can("administer") && (
          <Button
            variant="primary"
            disabled={!changed}
            loading={saving.isPending}
            onClick={() => saving.mutate(tags)}
          >
            Save
          </Button>
        )
      }
    >
      <SpaceBetween size="l">
        {saving.error && <ProblemAlert error={saving.error} />}
        <Tags
          title="Of every type"
          description="Unless a type has tags of its own below."
          tags={tags.default}
          onChange={(changedTags) => setTags({ ...tags, default: changedTags })}
        />
        {types.map(([type, required]) => (
          <Tags
            key={type}
            title={`Of ${type}`}
            description="Instead of those of every type; an empty list requires nothing."
            tags={required}
            onChange={(changedTags) => setTags({ ...tags, types: { ...tags.types, [type]: changedTags } })}
            onRemove={() =>
              setTags({ ...tags, types: Object.fromEntries(types.filter(([name]) => name !== type)) })
            }
          />
        ))}
        {can("administer") && (
          <AddType
            taken={types.map(([type]) => type)}
            onAdd={(type) => setTags({ ...tags, types: { ...tags.types, [type]: tags.default } })}
          />
        )}
        <Exemptions
          exemptions={tags.exemptions ?? []}
          onChange={(exemptions) => setTags({ ...tags, exemptions })}
        />
      </SpaceBetween>
    </Page>
  );
}

interface TagsProps {
  title: string;
  description: string;
  tags: readonly RequiredTag[];
  onChange: (tags: RequiredTag[]) => void;
  onRemove?: () => void;
}

function Tags({ title, description, tags, onChange, onRemove }: TagsProps) {
  const { can } = useMember();
  const editable = can("administer");
  const replace = (index: number, changes: Partial<RequiredTag>) =>
    onChange(tags.map((tag, place) => (place === index ? { ...tag, ...changes } : tag)));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={description}
          actions={onRemove && editable && <Button onClick={onRemove}>Remove this type</Button>}
        >
          {title}
        </Header>
      }
    >
      <AttributeEditor
        items={tags}
        disableAddButton={!editable}
        isItemRemovable={() => editable}
        addButtonText="Add tag"
        removeButtonText="Remove"
        onAddButtonClick={() => onChange([...tags, { key: "", allowed_values: null }])}
        onRemoveButtonClick={({ detail }) => onChange(tags.filter((_, index) => index !== detail.itemIndex))}
        empty="No tag is required."
        definition={[
          {
            label: "Key",
            control: ({ key }, index) => (
              <Input
                value={key}
                readOnly={!editable}
                onChange={({ detail }) => replace(index, { key: detail.value })}
              />
            ),
          },
          {
            label: "Allowed values",
            constraintText: "Parted by commas; none allows any value.",
            control: ({ allowed_values }, index) => (
              <Input
                value={(allowed_values ?? []).join(",")}
                readOnly={!editable}
                placeholder="Any"
                onChange={({ detail }) => replace(index, { allowed_values: valuesOf(detail.value) })}
              />
            ),
          },
        ]}
      />
    </Container>
  );
}

function valuesOf(text: string): string[] | null {
  return text === "" ? null : text.split(",");
}

function AddType({ taken, onAdd }: { taken: readonly string[]; onAdd: (type: string) => void }) {
  const [type, setType] = useState("");
  const add = () => {
    onAdd(type.trim());
    setType("");
  };
  return (
    <div className="row">
      <Input
        ariaLabel="Type of resource"
        placeholder="S3"
        value={type}
        onChange={({ detail }) => setType(detail.value)}
      />
      <Button disabled={type.trim() === "" || taken.includes(type.trim())} onClick={add}>
        Add a type with tags of its own
      </Button>
    </div>
  );
}

const FIELDS = [
  { key: "account_id", label: "Account" },
  { key: "resource_type", label: "Type" },
  { key: "resource_id", label: "Resource" },
  { key: "reason", label: "Reason" },
] as const;

interface ExemptionsProps {
  exemptions: readonly Exemption[];
  onChange: (exemptions: Exemption[]) => void;
}

function Exemptions({ exemptions, onChange }: ExemptionsProps) {
  const { can } = useMember();
  const editable = can("administer");
  const replace = (index: number, changes: Partial<Exemption>) =>
    onChange(exemptions.map((one, place) => (place === index ? { ...one, ...changes } : one)));
  return (
    <Container
      header={
        <Header variant="h2" description="No tags are asked of what fits everything that is named in a line.">
          Exemptions
        </Header>
      }
    >
      <AttributeEditor
        items={exemptions}
        disableAddButton={!editable}
        isItemRemovable={() => editable}
        addButtonText="Add exemption"
        removeButtonText="Remove"
        onAddButtonClick={() => onChange([...exemptions, { reason: "" }])}
        onRemoveButtonClick={({ detail }) =>
          onChange(exemptions.filter((_, index) => index !== detail.itemIndex))
        }
        empty={<Box color="text-body-secondary">Nothing is exempt.</Box>}
        definition={FIELDS.map(({ key, label }) => ({
          label,
          control: (exemption: Exemption, index: number) => (
            <Input
              value={exemption[key] ?? ""}
              readOnly={!editable}
              placeholder={key === "reason" ? "Why" : "Any"}
              onChange={({ detail }) =>
                replace(index, { [key]: key === "reason" ? detail.value : detail.value || null })
              }
            />
          ),
        }))}
      />
    </Container>
  );
}
