import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Copyable } from "@/components/copyable";
import { Loaded } from "@/components/feedback/loaded";
import { ProblemAlert } from "@/components/feedback/problem-alert";
import { useChange } from "@/components/feedback/use-change";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import { type Versioned, versioned } from "@/lib/api/versioned";
import { dateOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { SettingsPage } from "./settings-page";
import { TwoStepSection } from "./two-step-section";

type Profile = components["schemas"]["ProfileOut"];
type Tenant = components["schemas"]["TenantOut"];

const PROFILE = ["/api/v1/me", "to edit"] as const;
const TENANT = ["/api/v1/tenants/current", "to edit"] as const;

export function Screen() {
  const api = useApi();
  const profile = useQuery({
    queryKey: PROFILE,
    queryFn: ({ signal }) => versioned(api.GET("/api/v1/me", { signal })),
  });
  const tenant = useQuery({
    queryKey: TENANT,
    queryFn: ({ signal }) => versioned(api.GET("/api/v1/tenants/current", { signal })),
  });
  return (
    <SettingsPage
      title="Settings"
      description="Who you are here, and what this tenant is called and reports in."
    >
      <Loaded query={profile}>{(found) => <ProfileForm key={found.etag} found={found} />}</Loaded>
      <TwoStepSection />
      <Loaded query={tenant}>{(found) => <TenantForm key={found.etag} found={found} />}</Loaded>
    </SettingsPage>
  );
}

function ProfileForm({ found }: { found: Versioned<Profile> }) {
  const api = useApi();
  const { value: profile, etag } = found;
  const [first, setFirst] = useState(profile.first_name ?? "");
  const [last, setLast] = useState(profile.last_name ?? "");
  const [phone, setPhone] = useState(profile.phone ?? "");
  const edit = useChange({
    change: () =>
      bodyOf(
        api.PATCH("/api/v1/me", {
          params: { header: { "if-match": etag } },
          body: {
            first_name: first.trim() || null,
            last_name: last.trim() || null,
            phone: phone.trim() || null,
          },
        }),
      ),
    affects: [["/api/v1/me"], ["/api/v1/users"]],
    success: "Your profile is saved",
  });
  const fields = edit.error ? problemOf(edit.error).fields : {};
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Address and password are changed where you sign in."
          actions={
            <Button loading={edit.isPending} onClick={() => edit.mutate(undefined)}>
              Save profile
            </Button>
          }
        >
          Your profile
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: "E-mail address", value: profile.email },
            {
              label: "Role",
              value: profile.finance_approver
                ? `${sentenceCase(profile.role)}, approves for finance`
                : sentenceCase(profile.role),
            },
            { label: "Tenants", value: profile.tenants.map(({ name }) => name).join(", ") },
          ]}
        />
        <div className="fields">
          <FormField label="First name" errorText={fields["first_name"]}>
            <Input value={first} onChange={({ detail }) => setFirst(detail.value)} />
          </FormField>
          <FormField label="Last name" errorText={fields["last_name"]}>
            <Input value={last} onChange={({ detail }) => setLast(detail.value)} />
          </FormField>
          <FormField label="Phone" errorText={fields["phone"]}>
            <Input value={phone} onChange={({ detail }) => setPhone(detail.value)} />
          </FormField>
        </div>
        {edit.error && <ProblemAlert error={edit.error} />}
      </SpaceBetween>
    </Container>
  );
}

function TenantForm({ found }: { found: Versioned<Tenant> }) {
  const api = useApi();
  const { can } = useMember();
  const { value: tenant, etag } = found;
  const [name, setName] = useState(tenant.name);
  const [currency, setCurrency] = useState(tenant.reporting_currency);
  const edit = useChange({
    change: () =>
      bodyOf(
        api.PATCH("/api/v1/tenants/current", {
          params: { header: { "if-match": etag } },
          body: { name: name.trim(), reporting_currency: currency.trim().toUpperCase() },
        }),
      ),
    affects: [["/api/v1/tenants/current"], ["/api/v1/me"]],
    success: "The tenant is saved",
  });
  const fields = edit.error ? problemOf(edit.error).fields : {};
  const mayEdit = can("administer");
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Amounts are never converted: the reporting currency says which of them the overview adds up."
          actions={
            mayEdit && (
              <Button loading={edit.isPending} onClick={() => edit.mutate(undefined)}>
                Save tenant
              </Button>
            )
          }
        >
          Tenant
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Id", value: <Copyable text={tenant.id} /> },
            { label: "Since", value: dateOf(tenant.created_at) },
          ]}
        />
        <div className="fields">
          <FormField label="Name" errorText={fields["name"]}>
            <Input value={name} readOnly={!mayEdit} onChange={({ detail }) => setName(detail.value)} />
          </FormField>
          <FormField label="Reporting currency" errorText={fields["reporting_currency"]}>
            <Input
              value={currency}
              readOnly={!mayEdit}
              onChange={({ detail }) => setCurrency(detail.value)}
            />
          </FormField>
        </div>
        {edit.error && <ProblemAlert error={edit.error} />}
      </SpaceBetween>
    </Container>
  );
}
