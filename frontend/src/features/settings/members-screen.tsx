import Button from "@cloudscape-design/components/button";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import { ExportButton } from "@/components/list/export-button";
import { bodyOf, useApi } from "@/lib/api/client";
import { dateOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { InviteDialog } from "./invite-dialog";
import { MemberDialog } from "./member-dialog";
import { type Member, MEMBERS, nameOf } from "./member-words";
import { RemoveMemberDialog } from "./remove-member-dialog";
import { SettingsPage } from "./settings-page";
import { SettingsTable } from "./settings-table";

type Dialog = { kind: "invite" } | { kind: "change" | "remove"; member: Member } | null;

export function Screen() {
  const api = useApi();
  const { can } = useMember();
  const [dialog, setDialog] = useState<Dialog>(null);
  const query = useQuery({
    queryKey: MEMBERS,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/users", { params: { query: { limit: 1000 } }, signal })),
  });
  const close = () => setDialog(null);
  return (
    <SettingsPage
      title="Members and roles"
      description="Who belongs to this tenant. A viewer reads, an operator works on alerts and proposes changes, an approver allows them, an admin sets everything up."
      actions={<ExportButton list={{ name: "members", path: "/api/v1/users", parameters: {} }} />}
    >
      <Loaded query={query}>
        {({ items }) => (
          <SettingsTable
            title="Members"
            items={items}
            rowId={({ id }) => id}
            empty="Nobody belongs here."
            actions={
              can("administer") && (
                <Button variant="primary" onClick={() => setDialog({ kind: "invite" })}>
                  Invite somebody
                </Button>
              )
            }
            columns={[
              { id: "email", header: "E-mail address", isRowHeader: true, cell: ({ email }) => email },
              { id: "name", header: "Name", cell: nameOf },
              { id: "role", header: "Role", cell: ({ role }) => sentenceCase(role) },
              {
                id: "finance",
                header: "Approves for finance",
                cell: ({ finance_approver }) => (finance_approver ? "Yes" : "No"),
              },
              { id: "since", header: "Since", cell: ({ created_at }) => dateOf(created_at) },
              ...(can("administer")
                ? [
                    {
                      id: "actions",
                      header: "Actions",
                      minWidth: 260,
                      cell: (member: Member) => (
                        <div className="row">
                          <Button
                            variant="inline-link"
                            ariaLabel={`Change the role of ${member.email}`}
                            onClick={() => setDialog({ kind: "change", member })}
                          >
                            Change
                          </Button>
                          <Reinvite member={member} />
                          <Button
                            variant="inline-link"
                            ariaLabel={`Remove ${member.email}`}
                            onClick={() => setDialog({ kind: "remove", member })}
                          >
                            Remove
                          </Button>
                        </div>
                      ),
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Loaded>
      {dialog?.kind === "invite" && <InviteDialog onClose={close} />}
      {dialog?.kind === "change" && <MemberDialog id={dialog.member.id} onClose={close} />}
      {dialog?.kind === "remove" && <RemoveMemberDialog member={dialog.member} onClose={close} />}
    </SettingsPage>
  );
}

/** Who never signed in gets another mail; the API refuses it for all others. */
function Reinvite({ member }: { member: Member }) {
  const api = useApi();
  const invitation = useChange({
    change: () =>
      bodyOf(api.POST("/api/v1/users/{user_id}/invitation", { params: { path: { user_id: member.id } } })),
    affects: [],
    success: `${member.email} is invited again`,
    failure: `${member.email} was not invited again`,
  });
  return (
    <Button
      variant="inline-link"
      loading={invitation.isPending}
      ariaLabel={`Invite again ${member.email}`}
      onClick={() => invitation.mutate(undefined)}
    >
      Invite again
    </Button>
  );
}
