import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ConfirmDialog } from "@/components/confirm-dialog";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";

import { type Member, membersOf, type Team, usersOf } from "./queries";
import { useEditableTeams } from "./rights";

type Role = Member["role"];

const ROLES: { value: Role; label: string }[] = [
  { value: "member", label: "Member" },
  { value: "lead", label: "Lead" },
];
const AFFECTED = [["/api/v1/teams"], ["/api/v1/organization"]];

/** Who is in a team; its leads and admins change that. */
export function Members({ team }: { team: Team }) {
  const query = useQuery(membersOf(useApi(), team.id));
  const { mayEdit } = useEditableTeams();
  const [adding, setAdding] = useState(false);
  const editable = mayEdit(team.id);
  return (
    <Loaded query={query}>
      {({ items }) => (
        <>
          <Table<Member>
            variant="container"
            wrapLines
            items={items}
            trackBy="id"
            header={
              <Header
                variant="h2"
                counter={`(${items.length})`}
                actions={editable && <Button onClick={() => setAdding(true)}>Add member</Button>}
              >
                Members
              </Header>
            }
            ariaLabels={{ tableLabel: "Members" }}
            columnDefinitions={[
              { id: "who", header: "Who", isRowHeader: true, cell: nameOf },
              {
                id: "role",
                header: "Role",
                cell: (member) =>
                  editable ? <RoleChoice member={member} /> : <RoleBadge role={member.role} />,
              },
              ...(editable
                ? [
                    {
                      id: "remove",
                      header: <span className="visually-hidden">Remove</span>,
                      cell: (member: Member) => <RemoveButton member={member} />,
                    },
                  ]
                : []),
            ]}
            empty={<Box color="text-body-secondary">Nobody is in this team yet.</Box>}
          />
          {adding && <AddDialog team={team} members={items} onClose={() => setAdding(false)} />}
        </>
      )}
    </Loaded>
  );
}

function nameOf({ first_name, last_name, email }: Member) {
  const name = [first_name, last_name].filter(Boolean).join(" ");
  return <span className="breakable">{name ? `${name} (${email})` : email}</span>;
}

function RoleBadge({ role }: { role: Role }) {
  return role === "lead" ? <Badge color="blue">Lead</Badge> : <>Member</>;
}

/** Roles are words of two values, so the one that was read last counts: no version is asked for. */
const ANY_VERSION = { "if-match": "*" };

function at({ id, team_id }: Member) {
  return { params: { path: { team_id, member_id: id }, header: ANY_VERSION } };
}

function RoleChoice({ member }: { member: Member }) {
  const api = useApi();
  const { mutate, isPending } = useChange({
    change: (role: Role) =>
      bodyOf(api.PATCH("/api/v1/teams/{team_id}/members/{member_id}", { ...at(member), body: { role } })),
    affects: AFFECTED,
    success: `The role of ${member.email} is changed`,
    failure: "The role was not changed",
  });
  return (
    <Choice
      ariaLabel={`Role of ${member.email}`}
      value={member.role}
      options={ROLES}
      disabled={isPending}
      onChange={mutate}
    />
  );
}

function RemoveButton({ member }: { member: Member }) {
  const api = useApi();
  const { mutate, isPending } = useChange({
    change: () => api.DELETE("/api/v1/teams/{team_id}/members/{member_id}", at(member)),
    affects: AFFECTED,
    success: `${member.email} is not in the team any more`,
    failure: "Nobody was removed",
  });
  return (
    <Button
      variant="icon"
      iconName="remove"
      ariaLabel={`Remove ${member.email}`}
      loading={isPending}
      onClick={() => mutate(undefined)}
    />
  );
}

interface AddDialogProps {
  team: Team;
  members: readonly Member[];
  onClose: () => void;
}

function AddDialog({ team, members, onClose }: AddDialogProps) {
  const api = useApi();
  const users = useQuery(usersOf(api));
  const [userId, setUserId] = useState<string | null>(null);
  const [role, setRole] = useState<Role>("member");
  const [asked, setAsked] = useState(false);
  const adding = useChange({
    change: (user_id: string) =>
      bodyOf(
        api.POST("/api/v1/teams/{team_id}/members", {
          params: { path: { team_id: team.id } },
          body: { user_id, role },
        }),
      ),
    affects: AFFECTED,
    success: `${team.name} has a new member`,
    onSuccess: onClose,
  });
  const present = new Set(members.map(({ user_id }) => user_id));
  const options = (users.data?.items ?? [])
    .filter(({ id }) => !present.has(id))
    .map(({ id, email }) => ({ value: id, label: email }));
  return (
    <ConfirmDialog
      title={`Add somebody to ${team.name}`}
      confirm="Add"
      pending={adding.isPending}
      problem={adding.error ?? users.error}
      onCancel={onClose}
      onConfirm={() => {
        setAsked(true);
        if (userId) adding.mutate(userId);
      }}
    >
      <FormField label="Who" errorText={asked && !userId ? "Choose somebody." : undefined}>
        <Choice
          value={userId}
          options={options}
          filteringType="auto"
          placeholder="Choose somebody of this tenant"
          empty="Everybody is in it already"
          statusType={users.isPending ? "loading" : "finished"}
          onChange={setUserId}
        />
      </FormField>
      <FormField label="Role">
        <Choice value={role} options={ROLES} onChange={setRole} />
      </FormField>
    </ConfirmDialog>
  );
}
