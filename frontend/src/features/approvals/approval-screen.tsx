import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { Page } from "@/components/page";
import { useApi } from "@/lib/api/client";
import { shortId } from "@/lib/format/ids";
import { timeOf } from "@/lib/format/dates";
import { usePathParameter } from "@/lib/url-state";

import { ChangeCard } from "./change-card";
import { approvalOf } from "./queries";

/** One change by its address, as a message links to it. */
export function Screen() {
  const id = usePathParameter("id");
  const query = useQuery(approvalOf(useApi(), id));
  return (
    <Loaded query={query}>
      {(approval) => (
        <Page
          title={shortId("approval", approval.id)}
          parents={[{ text: "Approvals", href: "/approvals" }]}
          freshness={`Planned on what was read ${timeOf(approval.created_at)}`}
        >
          <ChangeCard key={approval.id} approval={approval} onDecided={stay} />
        </Page>
      )}
    </Loaded>
  );
}

/** The card itself shows what was decided. */
function stay(): void {
  return undefined;
}
