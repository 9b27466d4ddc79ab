import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { Page } from "@/components/page";
import { useApi } from "@/lib/api/client";
import type { Versioned } from "@/lib/api/versioned";
import { dateOf, timeOf } from "@/lib/format/dates";
import { useMember } from "@/lib/session/member";
import { usePathParameter } from "@/lib/url-state";

import { type Account, actingStatusOf, nameOf, statusOf } from "./account-words";
import { DisconnectDialog } from "./disconnect-dialog";
import { EditDialog } from "./edit-dialog";
import { Onboarding } from "./onboarding";
import { Permissions } from "./permissions";
import { accountOf, projectsOf, teamsOf } from "./queries";

export function Screen() {
  const id = usePathParameter("id");
  const query = useQuery(accountOf(useApi(), id));
  return <Loaded query={query}>{(found) => <AccountPage found={found} />}</Loaded>;
}

function AccountPage({ found }: { found: Versioned<Account> }) {
  const account = found.value;
  const { can } = useMember();
  const { type, text } = statusOf(account.status);
  return (
    <Page
      title={nameOf(account)}
      parents={[{ text: "Cloud accounts", href: "/accounts" }]}
      description="How the account is opened to us, and what its role may not do yet."
      freshness={account.verified_at ? `Verified ${timeOf(account.verified_at)}` : "Never verified"}
      beside={<StatusIndicator type={type}>{text}</StatusIndicator>}
      actions={can("administer") && <Actions found={found} />}
    >
      <SpaceBetween size="m">
        <Facts account={account} />
        {account.role_arn !== null && <Onboarding account={account} />}
        {account.role_arn !== null && <Permissions id={account.id} />}
      </SpaceBetween>
    </Page>
  );
}

function Facts({ account }: { account: Account }) {
  const api = useApi();
  const { data: teams } = useQuery(teamsOf(api));
  const { data: projects } = useQuery(projectsOf(api));
  const acting = actingStatusOf(account);
  return (
    <Container header={<Header variant="h2">Account</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Number", value: <Copyable text={account.account_id} /> },
          { label: "Provider", value: account.provider },
          { label: "Team", value: teams?.items.find(({ id }) => id === account.team_id)?.name ?? "No team" },
          {
            label: "Project",
            value: projects?.items.find(({ id }) => id === account.project_id)?.name ?? "–",
          },
          { label: "Regions", value: account.regions.join(", ") || "–" },
          { label: "Reads by", value: account.role_arn ? <Copyable text={account.role_arn} /> : "No role" },
          {
            label: "Changes by",
            value: account.action_role_arn ? (
              <SpaceBetween size="xxs">
                <Copyable text={account.action_role_arn} />
                <StatusIndicator type={acting.type}>{acting.text}</StatusIndicator>
              </SpaceBetween>
            ) : (
              "No role: the account is only read"
            ),
          },
          {
            label: "Cost",
            value: <Link href={`/costs?account=${account.account_id}`}>See what it costs</Link>,
          },
          { label: "Known since", value: dateOf(account.created_at) },
        ]}
      />
    </Container>
  );
}

function Actions({ found }: { found: Versioned<Account> }) {
  const [dialog, setDialog] = useState<"edit" | "disconnect" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <Button onClick={() => setDialog("edit")}>Edit</Button>
      {found.value.role_arn !== null && <Button onClick={() => setDialog("disconnect")}>Disconnect</Button>}
      {dialog === "edit" && <EditDialog found={found} onClose={close} />}
      {dialog === "disconnect" && <DisconnectDialog found={found} onClose={close} />}
    </>
  );
}
