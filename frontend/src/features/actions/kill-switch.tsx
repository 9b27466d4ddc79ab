import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ConfirmDialog } from "@/components/confirm-dialog";
import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { useMember } from "@/lib/session/member";

import { configurationOf } from "./queries";

const KEY = "actions.enabled";

/** Whether anything may be changed at all. It is read before each call, so stopping works within one step. */
export function KillSwitch() {
  const { can } = useMember();
  const { data } = useQuery(configurationOf(useApi()));
  const [asking, setAsking] = useState(false);
  if (!data) return null;
  const setting = data.items.find(({ key }) => key === KEY);
  const enabled = setting?.value === "true";
  const since =
    setting?.updated_at && setting.updated_by
      ? ` Set by ${setting.updated_by}, ${timeOf(setting.updated_at)}.`
      : "";
  return (
    <>
      <Alert
        type={enabled ? "info" : "warning"}
        i18nStrings={{ infoIconAriaLabel: "Information", warningIconAriaLabel: "Warning" }}
        header={enabled ? "Changes may be made" : "Every change is stopped"}
        action={
          can("administer") && (
            <Button onClick={() => setAsking(true)}>
              {enabled ? "Stop every change" : "Let changes be made"}
            </Button>
          )
        }
      >
        {enabled
          ? "The kill switch is off; stopping works before the next call, also of what has begun."
          : "The kill switch is on: none begins, and none that has begun goes on."}
        {since}
      </Alert>
      {asking && <Switch enable={!enabled} onClose={() => setAsking(false)} />}
    </>
  );
}

function Switch({ enable, onClose }: { enable: boolean; onClose: () => void }) {
  const api = useApi();
  const change = useChange({
    change: () =>
      bodyOf(
        api.PUT("/api/v1/automation/configuration/{key}", {
          params: { path: { key: KEY } },
          body: { value: String(enable) },
        }),
      ),
    affects: [["/api/v1/automation/configuration"]],
    success: enable ? "Changes may be made again" : "Every change is stopped",
    onSuccess: onClose,
  });
  return (
    <ConfirmDialog
      title={enable ? "Let changes be made" : "Stop every change"}
      confirm={enable ? "Let them" : "Stop"}
      pending={change.isPending}
      problem={change.error}
      onConfirm={() => change.mutate(undefined)}
      onCancel={onClose}
    >
      {enable
        ? "What is approved goes on, and what is asked for may begin once it is approved."
        : "Nothing begins from now on, and what has begun stops before its next call until you let it go on."}
    </ConfirmDialog>
  );
}
