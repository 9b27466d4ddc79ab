import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import type { Versioned } from "@/lib/api/versioned";

import { type Account, ACTOR, nameOf, regionsIn, usualRole } from "./account-words";
import { LIST, projectsOf, teamsOf } from "./queries";

const NO_TEAM = "none";

export function EditDialog({ found, onClose }: { found: Versioned<Account>; onClose: () => void }) {
  const api = useApi();
  const { value: account, etag } = found;
  const { data: teams } = useQuery(teamsOf(api));
  const { data: projects } = useQuery(projectsOf(api));
  const [name, setName] = useState(account.name ?? "");
  const [team, setTeam] = useState(account.team_id ?? NO_TEAM);
  const [project, setProject] = useState(account.project_id);
  const [regions, setRegions] = useState(account.regions.join(", "));
  const [role, setRole] = useState(account.role_arn ?? "");
  const [acting, setActing] = useState(account.action_role_arn ?? "");
  const connected = account.role_arn !== null;
  const edit = useChange({
    change: () =>
      bodyOf(
        api.PATCH("/api/v1/cloud-accounts/{account_id}", {
          params: { path: { account_id: account.id }, header: { "if-match": etag } },
          body: {
            ...(name.trim() && { name: name.trim() }),
            team_id: team === NO_TEAM ? null : team,
            project_id: project,
            ...(connected && {
              regions: regionsIn(regions),
              ...(role.trim() !== account.role_arn && { role_arn: role.trim() }),
              ...((acting.trim() || null) !== account.action_role_arn && {
                action_role_arn: acting.trim() || null,
              }),
            }),
          },
        }),
      ),
    affects: [LIST],
    success: "The account is changed",
    onSuccess: onClose,
  });
  const fields = edit.error ? problemOf(edit.error).fields : {};
  return (
    <ConfirmDialog
      title={`Edit ${nameOf(account)}`}
      confirm="Save"
      pending={edit.isPending}
      problem={edit.error}
      onConfirm={() => edit.mutate(undefined)}
      onCancel={onClose}
    >
      <FormField label="Name" errorText={fields["name"]}>
        <Input value={name} onChange={({ detail }) => setName(detail.value)} />
      </FormField>
      <FormField label="Team">
        <Choice
          value={team}
          filteringType="auto"
          options={[
            { value: NO_TEAM, label: "No team" },
            ...(teams?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
          ]}
          onChange={setTeam}
        />
      </FormField>
      <FormField label="Project">
        <Choice
          value={project}
          options={(projects?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          onChange={setProject}
        />
      </FormField>
      {connected && (
        <>
          <FormField label="Regions" errorText={fields["regions"]}>
            <Input value={regions} onChange={({ detail }) => setRegions(detail.value)} />
          </FormField>
          <FormField
            label="Role that reads"
            constraintText="Another role has to be verified anew."
            errorText={fields["role_arn"]}
          >
            <Input value={role} onChange={({ detail }) => setRole(detail.value)} />
          </FormField>
          <FormField
            label="Role that makes changes"
            constraintText="Left empty, the account is only read."
            errorText={fields["action_role_arn"]}
          >
            <Input
              value={acting}
              placeholder={usualRole(account.account_id, account.regions, ACTOR)}
              onChange={({ detail }) => setActing(detail.value)}
            />
          </FormField>
        </>
      )}
    </ConfirmDialog>
  );
}
