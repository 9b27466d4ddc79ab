import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemAlert } from "@/components/feedback/problem-alert";
import { bodyOf, useApi } from "@/lib/api/client";

import type { SavedView } from "./saved-views";

interface SaveViewDialogProps {
  list: string;
  query: string;
  /** The view to change, or null for a new one. */
  view: SavedView | null;
  onClose: () => void;
}

type Visibility = SavedView["visibility"];

const REACH: { value: Visibility; label: string }[] = [
  { value: "private", label: "Only me" },
  { value: "team", label: "A team" },
  { value: "everyone", label: "Everyone in this tenant" },
];

export function SaveViewDialog({ list, query, view, onClose }: SaveViewDialogProps) {
  const api = useApi();
  const queries = useQueryClient();
  const [name, setName] = useState(view?.name ?? "");
  const [visibility, setVisibility] = useState<Visibility>(view?.visibility ?? "private");
  const [teamId, setTeamId] = useState(view?.team_id ?? null);
  const [pinned, setPinned] = useState(view?.pinned ?? false);
  const teams = useQuery({
    queryKey: ["/api/v1/teams", "names"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/teams", { params: { query: { limit: 1000 } }, signal })),
    enabled: visibility === "team",
  });
  const options = (teams.data?.items ?? []).map((team) => ({ value: team.id, label: team.name }));
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const body = {
        name: name.trim(),
        query,
        visibility,
        team_id: visibility === "team" ? teamId : null,
        pinned,
      };
      if (view === null) return bodyOf(api.POST("/api/v1/saved-views", { body: { ...body, list } }));
      const params = { path: { view_id: view.id }, header: { "if-match": view.etag } };
      return bodyOf(
        api.PATCH("/api/v1/saved-views/{view_id}", { params, body: { ...body, query: view.query } }),
      );
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["saved-views", list] });
      onClose();
    },
  });
  return (
    <Modal
      visible
      header={view ? "Change view" : "Save view"}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onClose}>
              Cancel
            </Button>
            <Button
              variant="primary"
              loading={isPending}
              disabled={name.trim() === ""}
              onClick={() => mutate()}
            >
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField label="Name">
          <Input value={name} onChange={({ detail }) => setName(detail.value)} ariaRequired />
        </FormField>
        <FormField label="Who sees it">
          <RadioGroup
            value={visibility}
            items={REACH}
            onChange={({ detail }) => setVisibility(detail.value as Visibility)}
          />
        </FormField>
        {visibility === "team" && (
          <FormField label="Team">
            <Select
              selectedOption={options.find(({ value }) => value === teamId) ?? null}
              options={options}
              placeholder="Choose a team"
              statusType={teams.isPending ? "loading" : "finished"}
              empty="There are no teams yet"
              onChange={({ detail }) => setTeamId(detail.selectedOption.value ?? null)}
            />
          </FormField>
        )}
        <Checkbox checked={pinned} onChange={({ detail }) => setPinned(detail.checked)}>
          Pin it above the list
        </Checkbox>
        {error && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  );
}
