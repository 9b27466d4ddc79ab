import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { problemOf } from "@/lib/api/problem";
import { timeOf } from "@/lib/format/dates";
import { money } from "@/lib/format/money";
import { tenantOf } from "@/lib/session/current-tenant";
import { useMember } from "@/lib/session/member";

import { SettingsPage } from "./settings-page";
import { SettingsTable } from "./settings-table";

type Key = components["schemas"]["ConfiguredOut"];

/** Savings are kept times 1000. */
const IN_THOUSANDTHS = "savings";

const CONFIGURATION = ["/api/v1/automation/configuration"] as const;

export function Screen() {
  const api = useApi();
  const { can } = useMember();
  const [edited, setEdited] = useState<Key | null>(null);
  const query = useQuery({
    queryKey: CONFIGURATION,
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/automation/configuration", { signal })),
  });
  return (
    <SettingsPage
      title="Automation settings"
      description="What may be changed, by whom, how much and when. What is not set permits nothing."
    >
      <Loaded query={query}>
        {({ items }) => (
          <SpaceBetween size="m">
            <Switch items={items} />
            <SettingsTable
              title="Automation"
              items={items}
              rowId={({ key }) => key}
              empty="There is nothing to set."
              columns={[
                {
                  id: "key",
                  header: "Setting",
                  isRowHeader: true,
                  minWidth: 260,
                  cell: ({ key, description }) => (
                    <>
                      {description}
                      <Box color="text-body-secondary" fontSize="body-s">
                        {key}
                      </Box>
                    </>
                  ),
                },
                { id: "value", header: "Value", minWidth: 160, cell: (key) => <Value configured={key} /> },
                {
                  id: "changed",
                  header: "Set",
                  cell: ({ updated_by, updated_at }) =>
                    updated_at ? `${updated_by ?? ""}, ${timeOf(updated_at)}` : "–",
                },
                ...(can("administer")
                  ? [
                      {
                        id: "actions",
                        header: "Actions",
                        minWidth: 180,
                        cell: (key: Key) => (
                          <div className="row">
                            <Button
                              variant="inline-link"
                              ariaLabel={`Set ${key.key}`}
                              onClick={() => setEdited(key)}
                            >
                              Set
                            </Button>
                            {key.value !== null && <TakeAway name={key.key} />}
                          </div>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
          </SpaceBetween>
        )}
      </Loaded>
      {edited && <ValueDialog configured={edited} onClose={() => setEdited(null)} />}
    </SettingsPage>
  );
}

function Switch({ items }: { items: readonly Key[] }) {
  const enabled = items.find(({ key }) => key === "actions.enabled")?.value === "true";
  return enabled ? (
    <Alert type="warning" header="Changes can be made" i18nStrings={{ warningIconAriaLabel: "Warning" }}>
      actions.enabled is true: approved changes are carried out within the limits below.
    </Alert>
  ) : (
    <Alert type="info" header="No change is made" i18nStrings={{ infoIconAriaLabel: "Information" }}>
      actions.enabled is not true, so nothing is changed in any account, and nothing that was begun goes on.
    </Alert>
  );
}

function Value({ configured }: { configured: Key }) {
  const { key, value, example } = configured;
  const { data: tenant } = useQuery(tenantOf(useApi()));
  if (value === null || value === "")
    return (
      <>
        <StatusIndicator type="stopped">Permits nothing</StatusIndicator>
        <Box color="text-body-secondary" fontSize="body-s">
          E.g. {example}
        </Box>
      </>
    );
  return (
    <>
      <span className="breakable">{value}</span>
      {key.includes(IN_THOUSANDTHS) && tenant && (
        <Box color="text-body-secondary" fontSize="body-s">
          {money(Number(value) / 1000, tenant.reporting_currency)} a month
        </Box>
      )}
    </>
  );
}

function TakeAway({ name }: { name: string }) {
  const api = useApi();
  const removal = useChange({
    change: () => api.DELETE("/api/v1/automation/configuration/{key}", { params: { path: { key: name } } }),
    affects: [CONFIGURATION],
    success: `${name} permits nothing from now on`,
    failure: `${name} was not taken away`,
  });
  return (
    <Button
      variant="inline-link"
      loading={removal.isPending}
      ariaLabel={`Take away ${name}`}
      onClick={() => removal.mutate(undefined)}
    >
      Take away
    </Button>
  );
}

function ValueDialog({ configured, onClose }: { configured: Key; onClose: () => void }) {
  const api = useApi();
  const [value, setValue] = useState(configured.value ?? "");
  const edit = useChange({
    change: () =>
      bodyOf(
        api.PUT("/api/v1/automation/configuration/{key}", {
          params: { path: { key: configured.key } },
          body: { value: value.trim() },
        }),
      ),
    affects: [CONFIGURATION],
    success: `${configured.key} is set`,
    onSuccess: onClose,
  });
  const fields = edit.error ? problemOf(edit.error).fields : {};
  return (
    <ConfirmDialog
      title={configured.key}
      confirm="Set"
      pending={edit.isPending}
      problem={edit.error}
      onConfirm={() => edit.mutate(undefined)}
      onCancel={onClose}
    >
      <FormField
        label="Value"
        description={configured.description}
        constraintText={`E.g. ${configured.example}. Zero and nothing permit nothing.`}
        errorText={fields["value"]}
      >
        <Input value={value} onChange={({ detail }) => setValue(detail.value)} />
      </FormField>
    </ConfirmDialog>
  );
}
