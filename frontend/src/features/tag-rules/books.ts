import type { components } from "@/generated/api";
import { type Api, bodyOf } from "@/lib/api/client";
import { type Versioned, versioned } from "@/lib/api/versioned";

type Schemas = components["schemas"];

export type TagRule = Schemas["TagRuleOut"];
export type AttributionRule = Schemas["AttributionRuleOut"];
export type SplitRule = Schemas["SplitRuleOut"];
export type Preview = Schemas["PreviewOut"];
export type TagRuleDraft = Required<Schemas["NewTagRule"]>;
export type AttributionRuleDraft = Required<Schemas["NewAttributionRule"]>;
export type SplitRuleDraft = Required<Schemas["NewSplitRule"]>;

/** Of any rule. */
export interface Draft {
  rule_name: string;
  priority: number;
  is_active: boolean;
}

/** One kind of rule: where it is read, tried and written. */
export interface Book<Rule extends { id: string }, Written extends Draft> {
  /** In the singular and small, e.g. "tag rule". */
  noun: string;
  list: { text: string; href: string };
  path: "/api/v1/tag-rules" | "/api/v1/attribution-rules" | "/api/v1/split-rules";
  draftOf: (rule: Rule) => Written;
  /** Whether there is enough of it to be tried. */
  canBeTried: (draft: Written) => boolean;
  read: (api: Api, id: string, signal: AbortSignal) => Promise<Versioned<Rule>>;
  attempt: (api: Api, draft: Written, id: string | null, signal: AbortSignal) => Promise<Preview>;
  add: (api: Api, draft: Written, force: boolean) => Promise<Rule>;
  change: (api: Api, id: string, etag: string, fields: Partial<Written>, force: boolean) => Promise<Rule>;
  remove: (api: Api, id: string, etag: string) => Promise<unknown>;
}

/** Tried under some name before it has one; equal priorities go by names. */
function named<Written extends Draft>(draft: Written): Written {
  return draft.rule_name.trim() ? draft : { ...draft, rule_name: "A new rule" };
}

function version(id: string, etag: string) {
  return { path: { rule_id: id }, header: { "if-match": etag } };
}

export const TAG_RULES: Book<TagRule, TagRuleDraft> = {
  noun: "tag rule",
  list: { text: "Tag rules", href: "/tag-rules" },
  path: "/api/v1/tag-rules",
  draftOf: ({ rule_name, tag_key, pattern, normalized_key, normalized_value, priority, is_active }) => ({
    rule_name,
    tag_key,
    pattern,
    normalized_key,
    normalized_value,
    priority,
    is_active,
  }),
  canBeTried: ({ tag_key, normalized_key, normalized_value }) =>
    tag_key !== "" && (normalized_key !== null || normalized_value !== null),
  read: (api, id, signal) =>
    versioned(api.GET("/api/v1/tag-rules/{rule_id}", { params: { path: { rule_id: id } }, signal })),
  attempt: (api, draft, id, signal) =>
    bodyOf(api.POST("/api/v1/tag-rules/preview", { body: { ...named(draft), id }, signal })),
  add: (api, body, force) => bodyOf(api.POST("/api/v1/tag-rules", { params: { query: { force } }, body })),
  change: (api, id, etag, body, force) =>
    bodyOf(
      api.PATCH("/api/v1/tag-rules/{rule_id}", { params: { ...version(id, etag), query: { force } }, body }),
    ),
  remove: (api, id, etag) => api.DELETE("/api/v1/tag-rules/{rule_id}", { params: version(id, etag) }),
};

export const ATTRIBUTION_RULES: Book<AttributionRule, AttributionRuleDraft> = {
  noun: "attribution rule",
  list: { text: "Attribution rules", href: "/attribution-rules" },
  path: "/api/v1/attribution-rules",
  draftOf: ({ rule_name, kind, tag_key, match_values, team_id, service_id, priority, is_active }) => ({
    rule_name,
    kind,
    tag_key,
    match_values,
    team_id,
    service_id,
    priority,
    is_active,
  }),
  canBeTried: ({ kind, tag_key, match_values, team_id, service_id }) =>
    (!LOOKS_AT_A_TAG.has(kind) || Boolean(tag_key)) &&
    (FINDS_THE_OWNER.has(kind) || (match_values.length > 0 && Boolean(team_id ?? service_id))),
  read: (api, id, signal) =>
    versioned(api.GET("/api/v1/attribution-rules/{rule_id}", { params: { path: { rule_id: id } }, signal })),
  attempt: (api, draft, id, signal) =>
    bodyOf(api.POST("/api/v1/attribution-rules/preview", { body: { ...named(draft), id }, signal })),
  add: (api, body, force) =>
    bodyOf(api.POST("/api/v1/attribution-rules", { params: { query: { force } }, body })),
  change: (api, id, etag, body, force) =>
    bodyOf(
      api.PATCH("/api/v1/attribution-rules/{rule_id}", {
        params: { ...version(id, etag), query: { force } },
        body,
      }),
    ),
  remove: (api, id, etag) => api.DELETE("/api/v1/attribution-rules/{rule_id}", { params: version(id, etag) }),
};

export const SPLIT_RULES: Book<SplitRule, SplitRuleDraft> = {
  noun: "split rule",
  list: { text: "Shared costs", href: "/split-rules" },
  path: "/api/v1/split-rules",
  draftOf: (rule) => {
    const { rule_name, method, service, account_id, tag_key, tag_value, shares, priority, is_active } = rule;
    const charge_category = rule.charge_category as SplitRuleDraft["charge_category"];
    return {
      rule_name,
      method,
      charge_category,
      service,
      account_id,
      tag_key,
      tag_value,
      shares,
      priority,
      is_active,
    };
  },
  canBeTried: ({ method, charge_category, service, account_id, tag_key, tag_value, shares }) =>
    Boolean(charge_category ?? service ?? account_id ?? tag_key) &&
    Boolean(tag_key) === (tag_value !== null) &&
    (method !== "fixed" || shares.length > 0),
  read: (api, id, signal) =>
    versioned(api.GET("/api/v1/split-rules/{rule_id}", { params: { path: { rule_id: id } }, signal })),
  attempt: (api, draft, id, signal) =>
    bodyOf(api.POST("/api/v1/split-rules/preview", { body: { ...named(draft), id }, signal })),
  add: (api, body, force) => bodyOf(api.POST("/api/v1/split-rules", { params: { query: { force } }, body })),
  change: (api, id, etag, body, force) =>
    bodyOf(
      api.PATCH("/api/v1/split-rules/{rule_id}", {
        params: { ...version(id, etag), query: { force } },
        body,
      }),
    ),
  remove: (api, id, etag) => api.DELETE("/api/v1/split-rules/{rule_id}", { params: version(id, etag) }),
};

export const LOOKS_AT_A_TAG: ReadonlySet<string> = new Set(["tag", "team_name", "service_name"]);
/** These take team or service from the hierarchy; the others name them. */
export const FINDS_THE_OWNER: ReadonlySet<string> = new Set(["team_name", "service_name", "account_owner"]);

/** Of a rule that is there, only what was changed is sent: of built-in ones little may be. */
export function changedFields<Written extends object>(before: Written, after: Written): Partial<Written> {
  const keys = Object.keys(after) as (keyof Written)[];
  const changed = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key]])) as Partial<Written>;
}
