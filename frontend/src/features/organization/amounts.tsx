import { ChangeShare } from "@/components/change-share";
import { money } from "@/lib/format/money";

import type { OwnedCost } from "./queries";

/** A line per currency. */
export function Costs({ costs }: { costs: readonly OwnedCost[] }) {
  if (costs.length === 0) return <div className="number">–</div>;
  return costs.map(({ currency, cost }) => (
    <div className="number" key={currency}>
      {money(cost, currency)}
    </div>
  ));
}

export function Changes({ costs }: { costs: readonly OwnedCost[] }) {
  return costs.map(({ currency, cost, previous_cost }) => (
    <div className="number" key={currency}>
      <ChangeShare now={cost} before={previous_cost} />
    </div>
  ));
}
