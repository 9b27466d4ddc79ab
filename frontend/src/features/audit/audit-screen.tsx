import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useState } from "react";

import { Copyable } from "@/components/copyable";
import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import type { FilterKey } from "@/lib/api/lists";
import { timeOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";
import { useMember } from "@/lib/session/member";

import { EventDialog } from "./event-dialog";
import { type Event, pageOf } from "./event-words";
import { ExportDialog } from "./export-dialog";
import { ChainCheck } from "./chain-check";

const FILTERS: readonly Filter<FilterKey<"/api/v1/events">>[] = [
  { key: "entity_type", label: "Kind of thing", group: "Kinds of things" },
  { key: "entity_id", label: "Id of the thing" },
  { key: "event_type", label: "Event", group: "Events" },
  { key: "start", label: "Since", operator: ">=" },
  { key: "end", label: "Before", operator: "<" },
];

export function Screen() {
  const { can } = useMember();
  const [shown, setShown] = useState<Event | null>(null);
  const [exporting, setExporting] = useState(false);
  const list = useList({ name: "events", path: "/api/v1/events", filters: FILTERS });
  return (
    <>
      <ListScreen
        list={list}
        noun="events"
        title="Audit trail"
        description="Who made, changed or decided what, and what each job did. Nobody can edit it: each event is chained to the one before by its hash."
        freshness="As of now"
        columns={columnsThat(setShown)}
        rowId={({ id }) => id}
        above={<ChainCheck />}
        empty="Nothing has happened in this tenant yet."
        actions={
          can("administer") && <Button onClick={() => setExporting(true)}>Export the whole trail</Button>
        }
      />
      {shown && <EventDialog event={shown} onClose={() => setShown(null)} />}
      {exporting && <ExportDialog onClose={() => setExporting(false)} />}
    </>
  );
}

function columnsThat(show: (event: Event) => void): readonly Column<Event>[] {
  return [
    { id: "at", header: "When", minWidth: 190, cell: ({ created_at }) => timeOf(created_at) },
    {
      id: "message",
      header: "What",
      isRowHeader: true,
      minWidth: 320,
      cell: (event) => (
        <Link ariaLabel={`${event.message}: details`} onFollow={() => show(event)}>
          {event.message}
        </Link>
      ),
    },
    { id: "actor", header: "By", cell: ({ actor }) => actor },
    { id: "thing", header: "About", cell: (event) => <Thing event={event} /> },
    { id: "event", header: "Event", cell: ({ event_type }) => sentenceCase(event_type), optional: true },
    {
      id: "id",
      header: "Id of the thing",
      cell: ({ entity_id }) => (entity_id ? <Copyable text={entity_id} /> : "–"),
      optional: true,
    },
  ];
}

function Thing({ event }: { event: Event }) {
  const page = pageOf(event);
  const text = sentenceCase(event.entity_type);
  return page ? <Link href={page}>{text}</Link> : text;
}
