import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";

import { useMember } from "@/lib/session/member";

import { type ApprovalDetail, refusalFor } from "./approval-words";
import { useDecision } from "./use-decision";

/** Two buttons. A no needs its reason, a yes may have one. */
export function Decide({ approval, onDecided }: { approval: ApprovalDetail; onDecided: () => void }) {
  const { profile } = useMember();
  const [comment, setComment] = useState("");
  const [missing, setMissing] = useState(false);
  const decision = useDecision(approval.id, onDecided);
  const refusal = refusalFor(approval, profile);
  if (refusal !== null) return <Box color="text-body-secondary">{refusal}</Box>;
  const said = comment.trim() || null;
  const reject = () => {
    setMissing(said === null);
    if (said !== null) decision.mutate({ word: "reject", comment: said });
  };
  return (
    <SpaceBetween size="s">
      <FormField
        label="Comment"
        stretch
        errorText={missing && said === null ? "Say why not, so that nobody asks again in vain." : undefined}
      >
        <Textarea
          value={comment}
          rows={2}
          placeholder="Needed to reject"
          onChange={({ detail }) => setComment(detail.value)}
        />
      </FormField>
      <div className="two-buttons">
        <Button fullWidth disabled={decision.isPending} onClick={reject}>
          Reject
        </Button>
        <Button
          fullWidth
          variant="primary"
          loading={decision.isPending}
          onClick={() => decision.mutate({ word: "approve", comment: said })}
        >
          Approve
        </Button>
      </div>
    </SpaceBetween>
  );
}
