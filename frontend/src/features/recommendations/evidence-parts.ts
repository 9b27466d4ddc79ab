/** The parts of a recommendation's evidence that checks share; what only one of them knows is among the facts. */
export interface EvidenceParts {
  window: { first_day: string; last_day: string; days_with_data: number } | null;
  cost: string | null;
  covered: string | null;
  basis: string | null;
  ratio: { value: string; source: string; as_of: string } | null;
  lines: readonly BilledLine[];
  linesInAll: number;
  drivers: readonly Driver[];
  facts: readonly [string, unknown][];
}

export interface BilledLine {
  usage_type: string;
  operation: string | null;
  pricing_category: string | null;
  usage_amount: string;
  usage_unit: string | null;
  effective_cost: string;
  days_billed: number;
}

export interface Driver {
  value: string;
  dimension: string;
  change_per_day: string;
}

const SHARED = new Set([
  "window",
  "monthly_cost",
  "cost_without_commitments",
  "cost_covered_by_commitments",
  "saving_basis",
  "price_ratio",
  "lines",
  "lines_in_all",
  "drivers",
  "currency",
  "alert_id",
  "policy_id",
  "violation_id",
]);

/** The API describes evidence as any object, since each check has facts of its own. */
export function partsOf(evidence: Readonly<Record<string, unknown>>): EvidenceParts {
  const lines = (evidence["lines"] ?? []) as BilledLine[];
  return {
    window: (evidence["window"] ?? null) as EvidenceParts["window"],
    cost: (evidence["monthly_cost"] ?? null) as string | null,
    covered: (evidence["cost_covered_by_commitments"] ?? null) as string | null,
    basis: (evidence["saving_basis"] ?? null) as string | null,
    ratio: (evidence["price_ratio"] ?? null) as EvidenceParts["ratio"],
    lines,
    linesInAll: (evidence["lines_in_all"] ?? lines.length) as number,
    drivers: (evidence["drivers"] ?? []) as Driver[],
    facts: Object.entries(evidence).filter(([name, value]) => !SHARED.has(name) && value !== null),
  };
}
