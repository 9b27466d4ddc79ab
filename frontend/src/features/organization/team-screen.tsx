import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { Change } from "@/components/change";
import { Loaded } from "@/components/feedback/loaded";
import { Page } from "@/components/page";
import { Tile } from "@/components/tile";
import { useApi } from "@/lib/api/client";
import type { Versioned } from "@/lib/api/versioned";
import { count, money } from "@/lib/format/money";
import { usePathParameter } from "@/lib/url-state";

import { Members } from "./members";
import { type Service, servicesOfTeam, type Team, teamCostsOf, teamOf } from "./queries";
import { useEditableTeams } from "./rights";
import { Documentation, Repository } from "./service-links";
import { TeamDays } from "./team-days";
import { Untagged } from "./untagged";

const ContactDialog = lazy(async () => ({ default: (await import("./contact-dialog")).ContactDialog }));

export function Screen() {
  const id = usePathParameter("id");
  const query = useQuery(teamOf(useApi(), id));
  return <Loaded query={query}>{(team) => <TeamPage key={id} kept={team} />}</Loaded>;
}

function TeamPage({ kept }: { kept: Versioned<Team> }) {
  const team = kept.value;
  const { mayEdit } = useEditableTeams();
  const [editing, setEditing] = useState(false);
  return (
    <Page
      title={team.name}
      parents={[{ text: "Hierarchy", href: "/organization" }]}
      description={contactsOf(team)}
      actions={
        <>
          <Button href={`/showback/${encodeURIComponent(team.name)}`}>What its cost is made of</Button>
          {mayEdit(team.id) && <Button onClick={() => setEditing(true)}>Edit contacts</Button>}
        </>
      }
    >
      <SpaceBetween size="l">
        <Figures team={team} />
        <TeamDays team={team} />
        <Untagged team={team} />
        <ColumnLayout columns={2}>
          <Services team={team} />
          <Members team={team} />
        </ColumnLayout>
      </SpaceBetween>
      {editing && (
        <Suspense>
          <ContactDialog kept={kept} onClose={() => setEditing(false)} />
        </Suspense>
      )}
    </Page>
  );
}

function contactsOf({ owner_email, slack_channel }: Team): string {
  const contacts = [owner_email, slack_channel].filter(Boolean).join(" · ");
  return contacts || "Nobody is named to be asked about this team.";
}

function Figures({ team }: { team: Team }) {
  const query = useQuery(teamCostsOf(useApi()));
  return (
    <Loaded query={query}>
      {({ items }) => {
        const costs = items.filter(({ team_id }) => team_id === team.id);
        return (
          <div className="tiles">
            {costs.map(({ currency, cost, previous_cost, direct_cost, shared_cost }) => (
              <Tile key={currency} label="Cost, 30 days" value={money(cost, currency)}>
                <Change now={cost} before={previous_cost} currency={currency} period="the 30 days before" />
                <div>
                  {money(direct_cost, currency)} direct, {money(shared_cost, currency)} of shared costs
                </div>
              </Tile>
            ))}
            {costs.length === 0 && (
              <Tile label="Cost, 30 days" value="–">
                No charge is attributed to this team
              </Tile>
            )}
            <Tile label="Services" value={count(team.service_count)}>
              In the catalogue, see below
            </Tile>
            <Tile label="Cloud accounts" value={count(team.account_count)}>
              Owned as a whole
            </Tile>
          </div>
        );
      }}
    </Loaded>
  );
}

function Services({ team }: { team: Team }) {
  const query = useQuery(servicesOfTeam(useApi(), team.id));
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Table<Service>
          variant="container"
          wrapLines
          items={items}
          header={
            <Header
              variant="h2"
              counter={`(${items.length})`}
              actions={
                <Link href={`/services?team_id=${team.id}`} fontSize="body-m">
                  In the catalogue
                </Link>
              }
            >
              Services
            </Header>
          }
          ariaLabels={{ tableLabel: "Services" }}
          columnDefinitions={[
            { id: "name", header: "Service", isRowHeader: true, cell: ({ name }) => name },
            { id: "type", header: "Type", cell: ({ service_type }) => service_type ?? "–" },
            {
              id: "repository",
              header: "Repository",
              cell: (service) => <Repository service={service} />,
            },
            {
              id: "documentation",
              header: "Documentation",
              cell: (service) => <Documentation service={service} />,
            },
          ]}
          empty={<Box color="text-body-secondary">It has no service in the catalogue.</Box>}
        />
      )}
    </Loaded>
  );
}
