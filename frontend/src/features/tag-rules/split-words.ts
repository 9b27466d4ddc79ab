import type { SplitRule, SplitRuleDraft } from "./books";

export const METHODS: readonly { value: SplitRuleDraft["method"]; label: string; description: string }[] = [
  {
    value: "proportional",
    label: "In proportion",
    description: "To each team's direct cost of the day, in the same currency",
  },
  { value: "even", label: "Evenly", description: "The same for each team" },
  { value: "fixed", label: "By fixed percentages", description: "Which add up to 100" },
];

type Category = NonNullable<SplitRuleDraft["charge_category"]>;

export const CATEGORIES: readonly { value: Category; label: string }[] = (
  ["Usage", "Purchase", "Tax", "Credit", "Adjustment"] as const
).map((value) => ({ value, label: value }));

/** What is shared, in words, e.g. "Tax of AmazonEC2 in 700100200302". */
export function shared({ charge_category, service, account_id, tag_key, tag_value }: SplitRule): string {
  const parts = [
    charge_category ?? "Charges",
    service && `of ${service}`,
    account_id && `in ${account_id}`,
    tag_key && `with ${tag_key}=${tag_value ?? ""}`,
  ];
  return parts.filter(Boolean).join(" ");
}

/** E.g. "In proportion, all teams". */
export function borne({ method, shares }: SplitRule, nameOf: (id: string) => string): string {
  const how = METHODS.find(({ value }) => value === method)?.label ?? method;
  if (shares.length === 0) return `${how}, all teams`;
  const who = shares.map(({ team_id, percentage }) =>
    percentage === null ? nameOf(team_id) : `${nameOf(team_id)} ${Number(percentage)}%`,
  );
  return `${how}: ${who.join(", ")}`;
}
