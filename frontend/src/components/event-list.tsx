import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { components } from "@/generated/api";
import { timeOf } from "@/lib/format/dates";

type Event = components["schemas"]["EventOut"];

/** Lines of the audit trail about one thing, the newest first. */
export function EventList({ events }: { events: readonly Event[] }) {
  if (events.length === 0) return <Box color="text-body-secondary">The trail says nothing about it.</Box>;
  return (
    <ol className="plain">
      <SpaceBetween size="s">
        {events.map((event) => (
          <li key={event.id}>
            {event.message}
            <Box color="text-body-secondary" fontSize="body-s">
              {timeOf(event.created_at)}
            </Box>
          </li>
        ))}
      </SpaceBetween>
    </ol>
  );
}
