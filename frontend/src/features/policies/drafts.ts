import type { Policy } from "./queries";
import type { EFFECTS, POLICY_STATUSES, PROVIDERS, SEVERITIES, TYPES } from "./words";

/** A policy as somebody types it. */
export interface Draft {
  name: string;
  description: string;
  expression: string;
  types: string;
  scope: string;
  remediation: string;
  severity: (typeof SEVERITIES)[number];
  status: (typeof POLICY_STATUSES)[number];
  type: (typeof TYPES)[number];
  effect: (typeof EFFECTS)[number];
  provider: (typeof PROVIDERS)[number];
}

/** A policy as the API takes it. */
export type Written = Omit<Draft, "expression" | "types" | "scope"> & {
  expression: Record<string, unknown>;
  resource_types: string[];
  scope: string | null;
};

export const BLANK: Draft = {
  name: "",
  description: "",
  expression: "",
  types: "",
  scope: "",
  remediation: "",
  severity: "medium",
  status: "draft",
  type: "compliance",
  effect: "recommend",
  provider: "aws",
};

export function draftOf(policy: Policy): Draft {
  const { name, description, remediation, severity, status, type, effect, provider } = policy;
  return {
    name,
    description,
    remediation,
    severity,
    status,
    type,
    effect,
    provider: provider as Draft["provider"],
    expression: JSON.stringify(policy.expression, null, 2),
    types: policy.resource_types.join(", "),
    scope: policy.scope ?? "",
  };
}

/** What the API takes, once the expression is JSON; else what is wrong with it. */
export function read(draft: Draft): { written: Written | null; mistake: string | null } {
  const { expression, types, scope, ...rest } = draft;
  if (expression.trim() === "") return { written: null, mistake: null };
  const { tree, mistake } = parsed(expression);
  if (tree === null) return { written: null, mistake };
  const resource_types = types
    .split(",")
    .map((type) => type.trim())
    .filter(Boolean);
  return {
    written: { ...rest, expression: tree, resource_types, scope: scope.trim() || null },
    mistake: null,
  };
}

function parsed(text: string): { tree: Record<string, unknown> | null; mistake: string | null } {
  try {
    const told: unknown = JSON.parse(text);
    const isTree = typeof told === "object" && told !== null && !Array.isArray(told);
    return isTree
      ? { tree: told as Record<string, unknown>, mistake: null }
      : { tree: null, mistake: "An expression is an object in braces." };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { tree: null, mistake: `This is no JSON: ${error.message}` };
  }
}
