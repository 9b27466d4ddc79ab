import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Steps from "@cloudscape-design/components/steps";

import { timeOf } from "@/lib/format/dates";
import { useIsNarrow } from "@/lib/narrow";

import type { ActionDetail } from "./action-words";
import { type Stage, stagesOf } from "./stages";

/** How far it is; what went wrong, and what that means, stands below. */
export function Stages({ action }: { action: ActionDetail }) {
  const narrow = useIsNarrow();
  return (
    <Container>
      <SpaceBetween size="m">
        <Steps
          ariaLabel="How far the action is"
          orientation={narrow ? "vertical" : "horizontal"}
          steps={stagesOf(action).map((stage) => ({
            status: stage.status,
            statusIconAriaLabel: stage.status,
            header: stage.name,
            details: detailsOf(stage),
          }))}
        />
        <Outcome action={action} />
      </SpaceBetween>
    </Container>
  );
}

function detailsOf({ at, says }: Stage) {
  return (
    <small className="quiet">
      {says && <div>{says}</div>}
      {at && timeOf(at)}
    </small>
  );
}

function Outcome({ action }: { action: ActionDetail }) {
  const reason = action.error;
  if (reason === null) return null;
  if (action.status === "rolled_back")
    return (
      <Alert type="warning" header="It was taken back" i18nStrings={{ warningIconAriaLabel: "Warning" }}>
        {`${sentence(reason)}. A read of its own showed the resource as it was before.`}
      </Alert>
    );
  return (
    <Alert
      type="error"
      header={action.started_at === null ? "It never began" : "It did not complete"}
      i18nStrings={{ errorIconAriaLabel: "Error" }}
    >
      {sentence(reason)}.
    </Alert>
  );
}

function sentence(reason: string): string {
  const text = reason.replace(/\.$/, "");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
