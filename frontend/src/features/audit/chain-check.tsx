import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useQuery } from "@tanstack/react-query";

import { ProblemAlert } from "@/components/feedback/problem-alert";
import { bodyOf, useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { count } from "@/lib/format/money";
import { counted } from "@/lib/format/words";

import { faultText, type Verification } from "./event-words";

/** Reckons the whole chain again, and says whether it holds or where it is broken. */
export function ChainCheck() {
  const api = useApi();
  const check = useQuery({
    queryKey: ["/api/v1/events/verification"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/events/verification", { signal })),
    enabled: false,
    gcTime: 0,
  });
  const verify = (
    <Button loading={check.isFetching} onClick={() => void check.refetch()}>
      Verify the whole chain
    </Button>
  );
  if (check.error) return <ProblemAlert error={check.error} retry={() => void check.refetch()} />;
  if (!check.data)
    return (
      <Alert
        type="info"
        header="Not verified on this page yet"
        i18nStrings={{ infoIconAriaLabel: "Information" }}
        action={verify}
      >
        Verifying reckons every hash of the trail again, and compares it with the heads kept elsewhere.
      </Alert>
    );
  return (
    <div role="status">
      <Alert
        type={check.data.intact ? "success" : "error"}
        header={check.data.intact ? "The trail is intact" : "The trail is broken"}
        i18nStrings={{ successIconAriaLabel: "Success", errorIconAriaLabel: "Error" }}
        action={verify}
      >
        <Verdict found={check.data} at={timeOf(new Date(check.dataUpdatedAt))} />
      </Alert>
    </div>
  );
}

function Verdict({ found, at }: { found: Verification; at: string }) {
  return (
    <>
      {counted(found.events, "event")} verified at {at}.{" "}
      {found.anchored_seq > 0
        ? `${counted(found.heads, "head")} kept elsewhere vouch for the first ${count(found.anchored_seq)}.`
        : "No head is kept elsewhere yet, so it is only held against itself; the nightly job writes the first one."}
      {found.faults.length > 0 && (
        <ul>
          {found.faults.map((fault) => (
            <li key={`${fault.kind} ${fault.seq ?? ""} ${fault.event_id ?? ""}`}>
              {faultText(fault.kind)}
              {fault.seq !== null && ` at number ${count(fault.seq)}`}: {fault.detail}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
