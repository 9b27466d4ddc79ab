import Box from "@cloudscape-design/components/box";

import type { components } from "@/generated/api";
import { timeOf } from "@/lib/format/dates";

type Event = components["schemas"]["EventOut"];

/** Lines of the audit trail about one thing, the newest first. */
export function EventList({ events }: { events: readonly Event[] }) {
  if (events.length === 0) return <Box color="text-body-secondary">The trail says nothing about it.</Box>;
  return (
    <ol className="plain spaced">
      {events.map((event) => (
        <li key={event.id}>
          {event.message}
          <Box color="text-body-secondary" fontSize="body-s">
            {timeOf(event.created_at)}
          </Box>
        </li>
      ))}
    </ol>
  );
}
