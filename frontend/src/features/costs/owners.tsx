import type { TableProps } from "@cloudscape-design/components/table";
import { queryOptions } from "@tanstack/react-query";

import { type Api, bodyOf } from "@/lib/api/client";

export const LEVELS = [
  { id: "team", one: "team", label: "Team", plural: "Teams", path: "/api/v1/costs/by_team" },
  {
    id: "business-unit",
    one: "business unit",
    label: "Business unit",
    plural: "Business units",
    path: "/api/v1/costs/by_business_unit",
  },
  {
    id: "business-group",
    one: "business group",
    label: "Business group",
    plural: "Business groups",
    path: "/api/v1/costs/by_business_group",
  },
  {
    id: "service",
    one: "service of the catalogue",
    label: "Service",
    plural: "Services",
    path: "/api/v1/costs/by_service",
  },
] as const;

export type Level = (typeof LEVELS)[number];

export function levelIn(id: string | undefined): Level {
  return LEVELS.find((level) => level.id === id) ?? LEVELS[0];
}

/** An owner's cost at any level; `owner` is null for what is unallocated. */
export interface Owned {
  owner: string | null;
  above: string | null;
  currency: string;
  cost: string;
  direct_cost: string;
  shared_cost: string;
  previous_cost: string;
  change_percent: string | null;
}

export interface OwnedAnswer {
  items: Owned[];
  start: string;
  end: string;
}

interface Names {
  team?: string | null;
  service?: string | null;
  business_unit?: string | null;
  business_group?: string | null;
}

export function ownedCostsOf(api: Api, { id, path }: Level, cost: "billed" | "effective") {
  return queryOptions({
    queryKey: [path, cost],
    queryFn: async ({ signal }): Promise<OwnedAnswer> => {
      const answer = await bodyOf(api.GET(path, { params: { query: { cost } }, signal }));
      const items = answer.items.map((item) => {
        const names: Names = item;
        const [owner, above] = {
          team: [names.team, names.business_unit],
          "business-unit": [names.business_unit, names.business_group],
          "business-group": [names.business_group],
          service: [names.service],
        }[id];
        return { ...item, owner: owner ?? null, above: above ?? null };
      });
      return { ...answer, items };
    },
  });
}

interface Total {
  currency: string;
  cost: number;
  previous: number;
  shared: number;
  unallocated: number;
}

/** What the owners add up to, currencies apart. */
export function totalsOf(items: readonly Owned[]): Total[] {
  return [...Map.groupBy(items, ({ currency }) => currency)].map(([currency, rows]) => {
    const sum = (read: (row: Owned) => string) => rows.reduce((total, row) => total + Number(read(row)), 0);
    return {
      currency,
      cost: sum((row) => row.cost),
      previous: sum((row) => row.previous_cost),
      shared: sum((row) => row.shared_cost),
      unallocated: sum((row) => (row.owner === null ? row.cost : "0")),
    };
  });
}

export function amountOf<Row>(
  id: string,
  header: string,
  cell: (row: Row) => string,
): TableProps.ColumnDefinition<Row> {
  return {
    id,
    header: <div className="number">{header}</div>,
    cell: (row) => <div className="number">{cell(row)}</div>,
  };
}
