import Modal from "@cloudscape-design/components/modal";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";

import { Copyable } from "@/components/copyable";
import { timeOf } from "@/lib/format/dates";
import { sentenceCase } from "@/lib/format/words";

import { changesOf, detailsOf, type Event, pageOf } from "./event-words";

/** One event with the values before and after. */
export function EventDialog({ event, onClose }: { event: Event; onClose: () => void }) {
  const changes = changesOf(event);
  const page = pageOf(event);
  return (
    <Modal visible size="large" header={event.message} closeAriaLabel="Close" onDismiss={onClose}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            { label: "When", value: timeOf(event.created_at) },
            { label: "By", value: event.actor },
            { label: "Event", value: sentenceCase(event.event_type) },
            {
              label: "About",
              value: page ? (
                <Link href={page}>{sentenceCase(event.entity_type)}</Link>
              ) : (
                sentenceCase(event.entity_type)
              ),
            },
            { label: "Id of the thing", value: event.entity_id ? <Copyable text={event.entity_id} /> : "–" },
            { label: "Id of the event", value: <Copyable text={event.id} /> },
            ...detailsOf(event).map(([label, value]) => ({
              label: sentenceCase(label),
              value: <span className="breakable">{value}</span>,
            })),
          ]}
        />
        {changes.length > 0 && (
          <Table
            variant="embedded"
            wrapLines
            items={changes}
            ariaLabels={{ tableLabel: "What changed" }}
            columnDefinitions={[
              { id: "field", header: "Field", isRowHeader: true, cell: ({ field }) => sentenceCase(field) },
              {
                id: "before",
                header: "Before",
                cell: ({ before }) => <span className="breakable">{before}</span>,
              },
              {
                id: "after",
                header: "After",
                cell: ({ after }) => <span className="breakable">{after}</span>,
              },
            ]}
          />
        )}
      </SpaceBetween>
    </Modal>
  );
}
