import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import { type Versioned, versioned } from "@/lib/api/versioned";
import { useMember } from "@/lib/session/member";

import type { Service } from "./queries";
import { useEditableTeams } from "./rights";

interface ServiceDialogProps {
  /** The service to change, or null for a new one. */
  id: string | null;
  /** Who owns a new one. */
  teamId: string | null;
  onClose: () => void;
}

const AFFECTED = [["/api/v1/services"], ["/api/v1/organization"], ["/api/v1/teams"]];

/** A line of the catalogue: what it is, where its code and its documents are, whose it is. */
export function ServiceDialog(props: ServiceDialogProps) {
  return props.id === null ? <Form {...props} kept={null} /> : <ExistingForm {...props} id={props.id} />;
}

function ExistingForm(props: ServiceDialogProps & { id: string }) {
  const { id } = props;
  const api = useApi();
  const query = useQuery({
    queryKey: ["/api/v1/services", id],
    queryFn: ({ signal }) =>
      versioned(api.GET("/api/v1/services/{service_id}", { params: { path: { service_id: id } }, signal })),
    staleTime: 0,
    gcTime: 0,
  });
  return <Loaded query={query}>{(kept) => <Form {...props} kept={kept} />}</Loaded>;
}

const FIELDS = [
  { key: "name", label: "Name" },
  { key: "service_type", label: "Type" },
  { key: "repository_url", label: "Repository" },
  { key: "documentation_url", label: "Documentation" },
  { key: "description", label: "Description" },
] as const;

type Draft = Pick<Service, (typeof FIELDS)[number]["key"] | "team_id">;

function Form({ teamId, kept, onClose }: ServiceDialogProps & { kept: Versioned<Service> | null }) {
  const api = useApi();
  const [draft, setDraft] = useState<Draft>(() => draftOf(kept?.value, teamId));
  const saving = useChange({
    change: (body: Draft) =>
      kept
        ? bodyOf(
            api.PATCH("/api/v1/services/{service_id}", {
              params: { path: { service_id: kept.value.id }, header: { "if-match": kept.etag } },
              body,
            }),
          )
        : bodyOf(api.POST("/api/v1/services", { body })),
    affects: AFFECTED,
    success: kept ? "The service is changed" : "The service is in the catalogue",
    onSuccess: onClose,
  });
  const errors = saving.error ? problemOf(saving.error).fields : {};
  return (
    <ConfirmDialog
      title={kept ? `Change ${kept.value.name}` : "New service"}
      confirm="Save"
      pending={saving.isPending}
      problem={saving.error}
      onCancel={onClose}
      onConfirm={() => saving.mutate(draft)}
    >
      {FIELDS.map(({ key, label }) => (
        <FormField key={key} label={label} errorText={errors[key]}>
          <Input
            value={draft[key] ?? ""}
            ariaRequired={key === "name"}
            type={key.endsWith("_url") ? "url" : "text"}
            onChange={({ detail }) =>
              setDraft({ ...draft, [key]: detail.value || (key === "name" ? "" : null) })
            }
          />
        </FormField>
      ))}
      <FormField label="Team" errorText={errors["team_id"]}>
        <TeamChoice value={draft.team_id} onChange={(team_id) => setDraft({ ...draft, team_id })} />
      </FormField>
    </ConfirmDialog>
  );
}

function draftOf(service: Service | undefined, teamId: string | null): Draft {
  return {
    name: service?.name ?? "",
    service_type: service?.service_type ?? null,
    repository_url: service?.repository_url ?? null,
    documentation_url: service?.documentation_url ?? null,
    description: service?.description ?? null,
    team_id: service ? service.team_id : teamId,
  };
}

function TeamChoice({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const { can } = useMember();
  const { teams, mayEdit } = useEditableTeams();
  const open = teams.filter(({ id }) => mayEdit(id) || id === value);
  const options = open.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Choice
      value={value ?? ""}
      options={can("administer") ? [{ value: "", label: "None" }, ...options] : options}
      filteringType="auto"
      onChange={(chosen) => onChange(chosen || null)}
    />
  );
}
