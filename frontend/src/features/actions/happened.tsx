import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";

import { clockOf, dateOf } from "@/lib/format/dates";

import type { ActionDetail } from "./action-words";

/** Line by line, as the worker wrote it down. */
export function Happened({ action }: { action: ActionDetail }) {
  return (
    <Container
      header={
        <Header variant="h2" description="The latest first, in UTC">
          What happened
        </Header>
      }
    >
      <ol className="plain spaced">
        {[...action.events].reverse().map((event) => (
          <li key={event.id}>
            {event.message.charAt(0).toUpperCase() + event.message.slice(1).replaceAll("_", " ")}
            <Box color="text-body-secondary" fontSize="body-s">
              {`${dateOf(event.ts)}, ${clockOf(event.ts)}`}
            </Box>
          </li>
        ))}
      </ol>
    </Container>
  );
}
