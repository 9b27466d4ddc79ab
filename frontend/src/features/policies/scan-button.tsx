import ButtonDropdown from "@cloudscape-design/components/button-dropdown";

import { useChange } from "@/components/feedback/use-change";
import { bodyOf, useApi } from "@/lib/api/client";
import { useMember } from "@/lib/session/member";

type Kind = "policy" | "security";

const KINDS = [
  { id: "policy", text: "All enabled policies" },
  { id: "security", text: "Security policies alone" },
] as const;

export function ScanButton() {
  const api = useApi();
  const { can } = useMember();
  const { mutate, isPending } = useChange({
    change: (kind: Kind) => bodyOf(api.POST("/api/v1/policies/scans", { body: { kind } })),
    affects: [["/api/v1/policies/scans"], ["/api/v1/violations"], ["/api/v1/violations/summary"]],
    success: "The evaluation is queued",
    failure: "Nothing is evaluated",
  });
  if (!can("operate")) return null;
  return (
    <ButtonDropdown
      variant="primary"
      loading={isPending}
      items={KINDS}
      onItemClick={({ detail }) => mutate(detail.id as Kind)}
    >
      Evaluate now
    </ButtonDropdown>
  );
}
