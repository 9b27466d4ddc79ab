import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Loaded } from "@/components/feedback/loaded";
import { Page } from "@/components/page";
import { useApi } from "@/lib/api/client";
import { counted } from "@/lib/format/words";

import { ChangeCard } from "./change-card";
import { approvalOf, waitingOf } from "./queries";

/** What waits, one change at a time. */
export function OneByOne() {
  const query = useQuery(waitingOf(useApi()));
  const waiting = query.data?.items.length;
  return (
    <Page
      title="Approvals"
      description={
        waiting === undefined
          ? undefined
          : `${counted(waiting, "change")} ${waiting === 1 ? "waits" : "wait"} for somebody's word`
      }
      freshness="Looked at anew every half minute"
      actions={<Link href="/approvals?as=list">As a list</Link>}
    >
      <Loaded query={query}>
        {({ items }) => (items.length === 0 ? <Nothing /> : <Queue ids={items.map(({ id }) => id)} />)}
      </Loaded>
    </Page>
  );
}

function Nothing() {
  return (
    <Box textAlign="center" color="text-body-secondary" padding="l">
      Nothing waits for a word. A change that somebody asks for appears here once it is planned.
    </Box>
  );
}

/** Whatever is decided falls out of `ids`; the place stays, and so shows the next one. */
function Queue({ ids }: { ids: readonly string[] }) {
  const [wanted, setPlace] = useState(0);
  const place = Math.min(wanted, ids.length - 1);
  const id = ids[place];
  if (id === undefined) return null;
  return (
    <SpaceBetween size="s">
      {ids.length > 1 && (
        <div className="pager">
          <Button
            iconName="angle-left"
            variant="icon"
            ariaLabel="The one before"
            disabled={place === 0}
            onClick={() => setPlace(place - 1)}
          />
          <span className="quiet" aria-live="polite">{`${place + 1} of ${ids.length}`}</span>
          <Button
            iconName="angle-right"
            variant="icon"
            ariaLabel="The next one"
            disabled={place === ids.length - 1}
            onClick={() => setPlace(place + 1)}
          />
        </div>
      )}
      <One key={id} id={id} />
    </SpaceBetween>
  );
}

function One({ id }: { id: string }) {
  const query = useQuery(approvalOf(useApi(), id));
  return (
    <Loaded query={query}>
      {(approval) => <ChangeCard approval={approval} onDecided={() => scrollTo({ top: 0 })} />}
    </Loaded>
  );
}
