import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { useChange } from "@/components/feedback/use-change";
import { Page } from "@/components/page";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";

import { NUMBER, READER, regionsIn, usualRole } from "./account-words";
import { LIST, teamsOf } from "./queries";

const NO_TEAM = "none";

/** The first step: say which account. What the role has to look like is told on the account's own page. */
export function Screen() {
  const api = useApi();
  const navigate = useNavigate();
  const { data: teams } = useQuery(teamsOf(api));
  const [number, setNumber] = useState("");
  const [name, setName] = useState("");
  const [regionsText, setRegionsText] = useState("us-east-1");
  const [roleText, setRoleText] = useState("");
  const [team, setTeam] = useState(NO_TEAM);
  const regions = regionsIn(regionsText);
  const role = roleText || usualRole(number.trim(), regions, READER);
  const connection = useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/cloud-accounts", {
          body: {
            provider: "aws",
            account_id: number.trim(),
            name: name.trim() || null,
            role_arn: role,
            regions,
            team_id: team === NO_TEAM ? null : team,
          },
        }),
      ),
    affects: [LIST],
    success: "The account is known; now its role has to be made",
    onSuccess: ({ id }) => void navigate({ to: `/accounts/${id}` as never }),
  });
  const { fields } = connection.error
    ? problemOf(connection.error)
    : { fields: {} as Record<string, string> };
  const complete = NUMBER.test(number.trim()) && regions.length > 0;
  return (
    <Page
      title="Connect an account"
      parents={[{ text: "Cloud accounts", href: "/accounts" }]}
      description="By a role in your account that only this tenant can assume. No key of yours is kept."
      freshness={<>&nbsp;</>}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (complete) connection.mutate(undefined);
        }}
      >
        <Form
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" formAction="none" href="/accounts">
                Cancel
              </Button>
              <Button variant="primary" loading={connection.isPending} disabled={!complete}>
                Continue
              </Button>
            </SpaceBetween>
          }
        >
          <Container header={<Header variant="h2">Which account</Header>}>
            <SpaceBetween size="m">
              <FormField
                label="Account number"
                constraintText="Twelve digits"
                errorText={fields["account_id"]}
              >
                <Input
                  value={number}
                  inputMode="numeric"
                  onChange={({ detail }) => setNumber(detail.value)}
                  ariaRequired
                />
              </FormField>
              <FormField label="Name" constraintText="Without one, the name that bills tell stays.">
                <Input value={name} onChange={({ detail }) => setName(detail.value)} />
              </FormField>
              <FormField
                label="Regions"
                constraintText="Those that are looked into, with commas between them"
                errorText={fields["regions"]}
              >
                <Input value={regionsText} onChange={({ detail }) => setRegionsText(detail.value)} />
              </FormField>
              <FormField label="Team" constraintText="Who owns what it costs">
                <Choice
                  value={team}
                  filteringType="auto"
                  options={[
                    { value: NO_TEAM, label: "No team yet" },
                    ...(teams?.items ?? []).map(({ id, name: label }) => ({ value: id, label })),
                  ]}
                  onChange={setTeam}
                />
              </FormField>
              <FormField
                label="Role"
                constraintText="The role need not be there yet: the next page says what it must look like."
                errorText={fields["role_arn"]}
              >
                <Input
                  value={role}
                  disabled={!NUMBER.test(number.trim())}
                  onChange={({ detail }) => setRoleText(detail.value)}
                />
              </FormField>
              {connection.error && <ProblemAlert error={connection.error} />}
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </Page>
  );
}
