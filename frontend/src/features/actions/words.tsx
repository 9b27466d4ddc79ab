import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";
import { shortId } from "@/lib/format/ids";
import { sentenceCase } from "@/lib/format/words";

import type { ActionDetail } from "./action-words";
import { approvalsOf } from "./queries";

/** Whose word it took, or still takes. */
export function Words({ action }: { action: ActionDetail }) {
  const query = useQuery(approvalsOf(useApi(), action.id));
  return (
    <Container header={<Header variant="h2">Approval</Header>}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Box color="text-body-secondary">Nobody was asked yet.</Box>
          ) : (
            <ul className="plain lines">
              {items.map((one) => (
                <li key={one.id}>
                  <Link href={`/approvals/${one.id}`}>{shortId("approval", one.id)}</Link>
                  <span className="quiet">
                    {sentenceCase(one.status)}
                    {one.decided_at ? `, ${timeOf(one.decided_at)}` : `, until ${timeOf(one.expires_at)}`}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Container>
  );
}
