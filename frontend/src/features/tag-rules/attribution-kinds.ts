import type { AttributionRule, AttributionRuleDraft } from "./books";

export type Kind = AttributionRuleDraft["kind"];

interface KindWords {
  value: Kind;
  label: string;
  description: string;
  /** What the values are called. */
  values: string;
}

/** The more specific first: so they are tried where priorities are equal. */
export const KINDS: readonly KindWords[] = [
  { value: "resource", label: "Resource", description: "Resources by their ids", values: "Resource ids" },
  {
    value: "resource_prefix",
    label: "Resource prefix",
    description: "Resources whose ids begin so",
    values: "Beginnings of ids",
  },
  { value: "tag", label: "Tag value", description: "A tag's values: an alias list", values: "Tag values" },
  {
    value: "team_name",
    label: "Tag names a team",
    description: "The tag's value is a team of the hierarchy",
    values: "",
  },
  {
    value: "service_name",
    label: "Tag names a service",
    description: "The tag's value is a service of the catalogue",
    values: "",
  },
  { value: "account", label: "Account", description: "Accounts by their numbers", values: "Account numbers" },
  {
    value: "account_owner",
    label: "Account's team",
    description: "The team that owns the account",
    values: "",
  },
  {
    value: "provider_service",
    label: "Provider's service",
    description: "As bills name it, e.g. AmazonEC2",
    values: "Services",
  },
];

export function kindOf(kind: Kind): KindWords {
  const found = KINDS.find(({ value }) => value === kind);
  if (!found) throw new Error(`there is no kind ${kind}`);
  return found;
}

/** What a rule takes, in words, e.g. "owner is ana, anna". */
export function takes({ kind, tag_key, match_values }: AttributionRule): string {
  const values = match_values.join(", ");
  if (kind === "tag") return `${tag_key ?? ""} is ${values}`;
  if (kind === "team_name") return `${tag_key ?? ""} is a team's name`;
  if (kind === "service_name") return `${tag_key ?? ""} is a service's name`;
  if (kind === "account_owner") return "Accounts that a team owns";
  return `${kindOf(kind).label} ${values}`;
}
