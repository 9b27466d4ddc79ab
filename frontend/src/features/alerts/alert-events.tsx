import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useQuery } from "@tanstack/react-query";

import { EventList } from "@/components/event-list";
import { Loaded } from "@/components/feedback/loaded";
import { useApi } from "@/lib/api/client";

import { eventsOf } from "./use-alert";

export function AlertEvents({ id }: { id: string }) {
  const query = useQuery(eventsOf(useApi(), id));
  return (
    <Container
      header={
        <Header variant="h2" description="As the audit trail has it">
          What happened
        </Header>
      }
    >
      <Loaded query={query}>{({ items }) => <EventList events={items} />}</Loaded>
    </Container>
  );
}
