import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Change } from "@/components/change";
import { Loaded } from "@/components/feedback/loaded";
import { useNotifications } from "@/components/feedback/notifications";
import { download } from "@/components/list/export-csv";
import { Page } from "@/components/page";
import { Tile } from "@/components/tile";
import type { components } from "@/generated/api";
import { bodyOf, useApi } from "@/lib/api/client";
import { addDays, isoDay, span } from "@/lib/format/dates";
import { count, money, percent } from "@/lib/format/money";
import { useMember } from "@/lib/session/member";

import { Changes, Costs } from "./amounts";
import { organizationOf, teamCostsOf, teamsIn, type Organization } from "./queries";
import { useEditableTeams } from "./rights";
import { type Node, summed, treeOf } from "./tree";

type TeamCosts = components["schemas"]["TeamCostList"];

export function Screen() {
  const api = useApi();
  const { can } = useMember();
  const organization = useQuery(organizationOf(api));
  const costs = useQuery(teamCostsOf(api));
  return (
    <Page
      title="Hierarchy"
      description="Business groups, units and teams with what they cost: billed, with their part of shared costs."
      actions={
        <>
          <ExportYaml />
          {can("administer") && <Button href="/organization/import">Import YAML</Button>}
        </>
      }
    >
      <Loaded query={organization}>
        {(found) => (
          <Loaded query={costs}>{(priced) => <Priced organization={found} costs={priced} />}</Loaded>
        )}
      </Loaded>
    </Page>
  );
}

function Priced({ organization, costs }: { organization: Organization; costs: TeamCosts }) {
  const nodes = treeOf(organization, costs.items);
  return (
    <SpaceBetween size="l">
      <Figures organization={organization} costs={costs} />
      <Tree nodes={nodes} period={span(costs.start, addDays(costs.end, -1))} />
    </SpaceBetween>
  );
}

function Figures({ organization, costs }: { organization: Organization; costs: TeamCosts }) {
  const { mine } = useEditableTeams();
  const [largest] = summed(costs.items);
  const unowned = costs.items.find(
    ({ team_id, currency }) => team_id === null && currency === largest?.currency,
  );
  const teams = teamsIn(organization);
  return (
    <div className="tiles">
      <Tile label="Cost, 30 days" value={largest ? money(largest.cost, largest.currency) : "–"}>
        {largest && (
          <Change
            now={largest.cost}
            before={largest.previous_cost}
            currency={largest.currency}
            period="the 30 days before"
          />
        )}
      </Tile>
      <Tile label="Unallocated" value={unowned ? money(unowned.cost, unowned.currency) : "–"}>
        {unowned && largest && Number(unowned.cost) > 0 ? (
          <>
            {percent(Number(unowned.cost) / Number(largest.cost))} of it;{" "}
            <Link href="/attribution-rules" fontSize="inherit">
              write a rule
            </Link>
          </>
        ) : (
          ((unowned && "More credits than charges have no owner") ?? "Every cost has an owner")
        )}
      </Tile>
      <Tile label="Teams" value={count(teams.length)}>
        {count(organization.business_groups.length)} business groups,{" "}
        {count(teams.reduce((sum, team) => sum + team.service_count, organization.services.length))} services
      </Tile>
      <Tile
        label="Your teams"
        value={
          mine.length === 0
            ? "None"
            : mine.map(({ id, name }) => (
                <div key={id}>
                  <Link href={`/teams/${id}`} fontSize="inherit">
                    {name}
                  </Link>
                </div>
              ))
        }
      >
        {mine.length === 0 ? "A team's lead or an admin adds you" : "Cost, services, untagged resources"}
      </Tile>
    </div>
  );
}

function Tree({ nodes, period }: { nodes: Node[]; period: string }) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const parents = withChildren(nodes).filter(({ children }) => children.length > 0);
  const toggle = ({ id }: Node, open: boolean) =>
    setClosed((now) => new Set(open ? [...now].filter((one) => one !== id) : [...now, id]));
  return (
    <Table<Node>
      variant="container"
      items={nodes}
      trackBy="id"
      header={
        <Header variant="h2" description={`Billed cost of ${period}, against the 30 days before`}>
          Who costs what
        </Header>
      }
      ariaLabels={{
        tableLabel: "Who costs what",
        expandButtonLabel: ({ name }) => `Show what is below ${name}`,
        collapseButtonLabel: ({ name }) => `Hide what is below ${name}`,
      }}
      expandableRows={{
        getItemChildren: ({ children }) => children,
        isItemExpandable: ({ children }) => children.length > 0,
        expandedItems: parents.filter(({ id }) => !closed.has(id)),
        onExpandableItemToggle: ({ detail }) => toggle(detail.item, detail.expanded),
      }}
      columnDefinitions={[
        {
          id: "name",
          header: "Name",
          isRowHeader: true,
          minWidth: 210,
          cell: ({ name, href }) => (href ? <Link href={href}>{name}</Link> : name),
        },
        {
          id: "cost",
          header: <div className="number">Cost</div>,
          cell: ({ costs }) => <Costs costs={costs} />,
        },
        {
          id: "change",
          header: <div className="number">Change</div>,
          cell: ({ costs }) => <Changes costs={costs} />,
        },
        { id: "kind", header: "Kind", cell: ({ kind }) => (kind === "Nobody" ? "Nobody's" : kind) },
        {
          id: "services",
          header: <div className="number">Services</div>,
          cell: ({ services }) => <div className="number">{services ?? "–"}</div>,
        },
        {
          id: "accounts",
          header: <div className="number">Accounts</div>,
          cell: ({ accounts }) => <div className="number">{accounts ?? "–"}</div>,
        },
        { id: "leads", header: "Led by", cell: ({ leads }) => leads.join(", ") },
      ]}
      empty={
        <Box textAlign="center" color="text-body-secondary" padding="l">
          There are no teams yet. Import the organisation from YAML or from Backstage&apos;s catalogue.
        </Box>
      }
    />
  );
}

function withChildren(nodes: readonly Node[]): Node[] {
  return nodes.flatMap((node) => [node, ...withChildren(node.children)]);
}

function ExportYaml() {
  const api = useApi();
  const { tellProblem } = useNotifications();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      bodyOf(
        api.GET("/api/v1/organization", {
          headers: { Accept: "application/yaml" },
          parseAs: "text",
        }) as Promise<{ data?: string }>,
      ),
    onSuccess: (yaml) =>
      download(new Blob([yaml], { type: "application/yaml" }), `organization-${isoDay(new Date())}.yaml`),
    onError: (error) => tellProblem("The organisation was not exported", error),
  });
  return (
    <Button iconName="download" loading={isPending} onClick={() => mutate()}>
      Export YAML
    </Button>
  );
}
