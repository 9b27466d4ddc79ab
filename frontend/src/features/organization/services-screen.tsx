import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import type { Filter } from "@/components/list/filters";
import { type Column, ListScreen } from "@/components/list/list-screen";
import { useList } from "@/components/list/use-list";
import { useApi } from "@/lib/api/client";
import type { FilterKey } from "@/lib/api/lists";

import { Changes, Costs } from "./amounts";
import { type Service, serviceCostsOf } from "./queries";
import { useEditableTeams } from "./rights";
import { Documentation, Repository } from "./service-links";

const ServiceDialog = lazy(async () => ({ default: (await import("./service-dialog")).ServiceDialog }));

/** What is edited where that is no service yet. */
const NEW = "new";

export function Screen() {
  const { teams, mayEdit, mayAdd } = useEditableTeams();
  const { data: costs } = useQuery(serviceCostsOf(useApi()));
  const [edited, setEdited] = useState<string | null>(null);
  const filters: Filter<FilterKey<"/api/v1/services">>[] = [
    { key: "team_id", label: "Team", values: teams.map(({ id, name }) => ({ value: id, label: name })) },
    { key: "service_type", label: "Type" },
  ];
  const list = useList({ name: "services", path: "/api/v1/services", filters });
  const costsOf = (service: Service) =>
    costs?.items.filter(({ service_id }) => service_id === service.id) ?? [];
  const columns: Column<Service>[] = [
    {
      id: "name",
      header: "Service",
      isRowHeader: true,
      minWidth: 180,
      cell: ({ id, name, team_id }) =>
        mayEdit(team_id) ? (
          <Link ariaLabel={`Change ${name}`} onFollow={() => setEdited(id)}>
            {name}
          </Link>
        ) : (
          name
        ),
    },
    { id: "type", header: "Type", cell: ({ service_type }) => service_type ?? "–" },
    {
      id: "team",
      header: "Team",
      cell: ({ team_id }) =>
        team_id ? (
          <Link href={`/teams/${team_id}`}>{teams.find(({ id }) => id === team_id)?.name}</Link>
        ) : (
          "None"
        ),
    },
    {
      id: "cost",
      header: "Direct cost, 30 days",
      align: "right",
      cell: (service) => <Costs costs={costsOf(service)} />,
    },
    {
      id: "change",
      header: "Change",
      align: "right",
      cell: (service) => <Changes costs={costsOf(service)} />,
    },
    { id: "repository", header: "Repository", cell: (service) => <Repository service={service} /> },
    { id: "documentation", header: "Documentation", cell: (service) => <Documentation service={service} /> },
    { id: "description", header: "Description", cell: ({ description }) => description, optional: true },
  ];
  return (
    <>
      <ListScreen
        list={list}
        noun="services"
        title="Service catalogue"
        description="What the organisation runs, whose it is, and what it costs: charges whose tags name it."
        actions={
          mayAdd && (
            <Button variant="primary" onClick={() => setEdited(NEW)}>
              New service
            </Button>
          )
        }
        columns={columns}
        rowId={({ id }) => id}
        empty="The catalogue is empty. Add a service, or import the organisation from YAML or Backstage."
      />
      {edited && (
        <Suspense>
          <ServiceDialog
            id={edited === NEW ? null : edited}
            teamId={teams.find(({ id }) => mayEdit(id))?.id ?? null}
            onClose={() => setEdited(null)}
          />
        </Suspense>
      )}
    </>
  );
}
