import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import { Loaded } from "@/components/feedback/loaded";
import { Page } from "@/components/page";
import { useApi } from "@/lib/api/client";
import { timeOf } from "@/lib/format/dates";

import { KillSwitch } from "./kill-switch";
import { configurationOf } from "./queries";
import { Runs } from "./runs";
import { TrackRecords } from "./track-records";

export function Screen() {
  return (
    <Page
      title="Autonomy"
      description="What the system may do without a person, what it did, and why it left the rest."
      freshness="It looks at what is open every hour"
    >
      <SpaceBetween size="l">
        <KillSwitch />
        <Permissions />
        <Runs />
        <TrackRecords />
      </SpaceBetween>
    </Page>
  );
}

/** Nothing is done unless every setting says so; what is not set permits nothing. */
function Permissions() {
  const query = useQuery(configurationOf(useApi()));
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="What is absent, empty, zero or not understood permits nothing"
          actions={<Link href="/settings">Settings</Link>}
        >
          What it may do
        </Header>
      }
    >
      <Loaded query={query}>
        {({ items }) => (
          <KeyValuePairs
            columns={3}
            items={items
              .filter(({ key }) => key !== "actions.enabled")
              .map(({ key, value, description, updated_by, updated_at }) => ({
                label: description,
                value: (
                  <>
                    <Value value={value} />
                    {updated_by && updated_at && (
                      <Box color="text-body-secondary" fontSize="body-s">
                        {`${key}, by ${updated_by}, ${timeOf(updated_at)}`}
                      </Box>
                    )}
                  </>
                ),
              }))}
          />
        )}
      </Loaded>
    </Container>
  );
}

function Value({ value }: { value: string | null }) {
  if (value === null) return <StatusIndicator type="stopped">Not set: permits nothing</StatusIndicator>;
  return <span className="breakable">{value.replaceAll(",", ", ")}</span>;
}
