import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQueryClient } from "@tanstack/react-query";

import { CodeBlock } from "@/components/code-block";
import { Copyable } from "@/components/copyable";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { useMember } from "@/lib/session/member";

import { type Account, statusOf } from "./account-words";
import { LIST } from "./queries";

/** From the role to the green light. Only admins are told the external id. */
export function Onboarding({ account }: { account: Account }) {
  const { can } = useMember();
  const { type, text } = statusOf(account.status);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="The role must open to whoever knows the external id, and to nobody else."
          actions={can("administer") && <Verify account={account} />}
        >
          Connection
        </Header>
      }
    >
      <SpaceBetween size="m">
        <div role="status">
          <StatusIndicator type={type}>{text}</StatusIndicator>
          {account.status_reason && <Box color="text-body-secondary">{account.status_reason}</Box>}
        </div>
        {account.action_role_status_reason && (
          <Alert
            type="warning"
            header="The role that makes changes"
            i18nStrings={{ warningIconAriaLabel: "Warning" }}
          >
            {account.action_role_status_reason}
          </Alert>
        )}
        {account.external_id && <Instructions account={account} externalId={account.external_id} />}
      </SpaceBetween>
    </Container>
  );
}

function Instructions({ account, externalId }: { account: Account; externalId: string }) {
  return (
    <ol className="steps">
      <li>
        <strong>Make the role</strong>
        <p>
          {account.quick_create_url ? (
            <>
              <Link href={account.quick_create_url} external>
                Create it in the AWS console
              </Link>
              : the page opens filled in, you only confirm. Or make{" "}
            </>
          ) : (
            "Make "
          )}
          <Copyable text={account.role_arn ?? ""} /> by onboarding/read-role.yaml with the external id{" "}
          <Copyable text={externalId} />.
        </p>
        {account.trust_policy && (
          <CodeBlock title="Trust policy" text={JSON.stringify(account.trust_policy, null, 2)} />
        )}
      </li>
      <li>
        <strong>Verify it</strong>
        <p>
          We try the role with the external id, without it and with another one. It is connected only if it
          refuses the last two.
        </p>
      </li>
      <li>
        <strong>Let it make changes, if you want</strong>
        <p>
          {account.action_role_quick_create_url ? (
            <Link href={account.action_role_quick_create_url} external>
              Create the second role in the AWS console
            </Link>
          ) : (
            "Changes take a second role: make it by onboarding/action-role.yaml and name it under Edit."
          )}{" "}
          Without it the account is only read.
        </p>
      </li>
    </ol>
  );
}

function Verify({ account }: { account: Account }) {
  const api = useApi();
  const queries = useQueryClient();
  const verification = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/cloud-accounts/{account_id}/verify", {
          params: { path: { account_id: account.id } },
        }),
      ),
    affects: [LIST],
    success: "The role was tried",
    failure: "The role could not be tried",
    onSuccess: () => void queries.invalidateQueries({ queryKey: ["/api/v1/events"] }),
  });
  return (
    <Button
      variant={account.status === "connected" ? "normal" : "primary"}
      loading={verification.isPending}
      onClick={() => verification.mutate(undefined)}
    >
      Verify
    </Button>
  );
}
