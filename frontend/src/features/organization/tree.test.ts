import { expect, test } from "vitest";

import type { Organization, TeamCost } from "./queries";
import { summed, treeOf } from "./tree";

const NOBODY = { team_id: null, team: null, business_unit_id: null, business_unit: null } as const;

function cost(team_id: string | null, currency: string, amount: string): TeamCost {
  return {
    ...NOBODY,
    business_group_id: null,
    business_group: null,
    team_id,
    currency,
    cost: amount,
    direct_cost: amount,
    shared_cost: "0",
    previous_cost: "0",
    change_percent: null,
  };
}

const MADE = { created_at: "2026-11-01T00:00:00Z", updated_at: "2026-11-01T00:00:00Z" };
const COUNTS = { service_count: 1, account_count: 2, member_count: 0, team_count: 2, unit_count: 1 };

function team(id: string) {
  const contacts = { owner_email: null, slack_channel: null, members: [], services: [] };
  return { id, name: id, business_unit_id: "unit", ...contacts, ...COUNTS, ...MADE };
}

const ORGANIZATION: Organization = {
  business_groups: [
    {
      id: "group",
      name: "Shop",
      description: null,
      ...COUNTS,
      ...MADE,
      business_units: [
        {
          id: "unit",
          business_group_id: "group",
          name: "Storefront",
          description: null,
          ...COUNTS,
          ...MADE,
          teams: [team("cart"), team("catalog")],
        },
      ],
    },
  ],
  teams: [],
  services: [],
};

test("a group costs what its teams cost, each currency apart", () => {
  const [group] = treeOf(ORGANIZATION, [
    cost("cart", "USD", "10"),
    cost("catalog", "USD", "5.5"),
    cost("catalog", "EUR", "7"),
  ]);

  expect(group?.costs.map((one) => [one.currency, one.cost])).toEqual([
    ["USD", "15.5"],
    ["EUR", "7"],
  ]);
});

test("what nobody owns is the last line", () => {
  const nodes = treeOf(ORGANIZATION, [cost(null, "USD", "3"), cost("cart", "USD", "1")]);

  expect(nodes.map(({ name }) => name)).toEqual(["Shop", "Unallocated"]);
});

test("nothing adds up to nothing", () => {
  expect(summed([])).toEqual([]);
});
