import Button from "@cloudscape-design/components/button";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { Loaded } from "@/components/feedback/loaded";
import { useChange } from "@/components/feedback/use-change";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { AddChannelDialog } from "./add-channel-dialog";
import { type Channel, CHANNELS, topicText } from "./channel-words";
import { SettingsPage } from "./settings-page";
import { SettingsTable } from "./settings-table";

type Told = components["schemas"]["NotificationDeliveryOut"];
type Dialog = { kind: "add" } | { kind: "remove"; channel: Channel } | null;

const TOLD = ["/api/v1/notification-deliveries"] as const;

export function Screen() {
  const api = useApi();
  const { can } = useMember();
  const [dialog, setDialog] = useState<Dialog>(null);
  const query = useQuery({
    queryKey: CHANNELS,
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/notification-channels", { params: { query: { limit: 200 } }, signal })),
  });
  const mayEdit = can("administer");
  return (
    <SettingsPage
      title="Notification channels"
      description="Who is told of what: people by mail, programs by a signed request."
    >
      <Loaded query={query}>
        {({ items }) => (
          <SettingsTable
            title="Channels"
            items={items}
            rowId={({ id }) => id}
            empty="Nobody is told of anything yet: alerts and approvals wait here until somebody looks."
            actions={mayEdit && <Button onClick={() => setDialog({ kind: "add" })}>Add a channel</Button>}
            columns={[
              { id: "name", header: "Channel", isRowHeader: true, cell: ({ name }) => name },
              { id: "kind", header: "Kind", cell: ({ kind }) => sentenceCase(kind) },
              {
                id: "to",
                header: "To",
                cell: ({ recipients, url }) => (
                  <span className="breakable">{url ?? recipients.join(", ")}</span>
                ),
              },
              {
                id: "topics",
                header: "About",
                minWidth: 200,
                cell: ({ topics }) => topics.map(topicText).join(", "),
              },
              {
                id: "severity",
                header: "Alerts from",
                cell: ({ minimum_severity }) => sentenceCase(minimum_severity),
              },
              {
                id: "state",
                header: "State",
                cell: ({ enabled }) => (
                  <StatusIndicator type={enabled ? "success" : "stopped"}>
                    {enabled ? "Switched on" : "Switched off"}
                  </StatusIndicator>
                ),
              },
              ...(mayEdit
                ? [
                    {
                      id: "actions",
                      header: "Actions",
                      cell: (channel: Channel) => (
                        <div className="row">
                          <Test channel={channel} />
                          <Button
                            variant="inline-link"
                            ariaLabel={`Remove the channel ${channel.name}`}
                            onClick={() => setDialog({ kind: "remove", channel })}
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
      <Deliveries />
      {dialog?.kind === "add" && <AddChannelDialog onClose={() => setDialog(null)} />}
      {dialog?.kind === "remove" && <RemoveDialog channel={dialog.channel} onClose={() => setDialog(null)} />}
    </SettingsPage>
  );
}

const OUTCOMES = {
  pending: { type: "pending", text: "Waits" },
  delivered: { type: "success", text: "Delivered" },
  failed: { type: "error", text: "Failed" },
} as const;

/** What was told lately, and whether it arrived. */
function Deliveries() {
  const api = useApi();
  const query = useQuery({
    queryKey: TOLD,
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/notification-deliveries", { params: { query: { limit: 25 } }, signal })),
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <SettingsTable<Told>
          title="Last notifications"
          items={items}
          rowId={({ id }) => id}
          empty="Nothing was told yet."
          columns={[
            { id: "title", header: "What", isRowHeader: true, minWidth: 220, cell: ({ title }) => title },
            { id: "channel", header: "Channel", cell: ({ channel_name }) => channel_name },
            {
              id: "outcome",
              header: "Outcome",
              cell: ({ status, last_error }) => (
                <StatusIndicator type={OUTCOMES[status].type}>
                  {last_error ? `${OUTCOMES[status].text}: ${last_error}` : OUTCOMES[status].text}
                </StatusIndicator>
              ),
            },
            { id: "at", header: "At", cell: ({ created_at }) => timeOf(created_at) },
          ]}
        />
      )}
    </Loaded>
  );
}

function Test({ channel }: { channel: Channel }) {
  const api = useApi();
  const test = useChange({
    change: () =>
      api.POST("/api/v1/notification-channels/{channel_id}/test", {
        params: { path: { channel_id: channel.id } },
      }),
    affects: [TOLD],
    success: `A test is on its way to ${channel.name}`,
    failure: "The test was not sent",
  });
  return (
    <Button
      variant="inline-link"
      loading={test.isPending}
      ariaLabel={`Test the channel ${channel.name}`}
      onClick={() => test.mutate(undefined)}
    >
      Test
    </Button>
  );
}

function RemoveDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const api = useApi();
  const removal = useChange({
    change: () =>
      api.DELETE("/api/v1/notification-channels/{channel_id}", {
        params: { path: { channel_id: channel.id } },
      }),
    affects: [CHANNELS],
    success: `${channel.name} is removed`,
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title={`Remove ${channel.name}?`}
      confirm="Remove"
      pending={removal.isPending}
      problem={removal.error}
      onConfirm={() => removal.mutate(undefined)}
      onCancel={onClose}
    >
      It is told of nothing any more.
    </ConfirmDialog>
  );
}
