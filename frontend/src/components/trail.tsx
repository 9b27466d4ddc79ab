import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useQuery } from "@tanstack/react-query";

import { bodyOf, useApi } from "@/lib/api/client";

import { EventList } from "./event-list";
import { Loaded } from "./feedback/loaded";

/** What the audit trail has about one thing. */
export function Trail({ of, id }: { of: string; id: string }) {
  const api = useApi();
  const query = { entity_type: of, entity_id: id, limit: 100 } as const;
  const events = useQuery({
    queryKey: ["/api/v1/events", of, id],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/events", { params: { query }, signal })),
  });
  return (
    <Container
      header={
        <Header variant="h2" description="As the audit trail has it">
          What happened
        </Header>
      }
    >
      <Loaded query={events}>{({ items }) => <EventList events={items} />}</Loaded>
    </Container>
  );
}
