/** A frozen plan as the API keeps it: the state found, each call with the state expected after it, and the way back. */
export interface Plan {
  type: string;
  account_id: string;
  region: string;
  resource_id: string;
  params: Facts;
  before: Facts;
  steps: readonly PlanStep[];
}

export type Facts = Readonly<Record<string, unknown>>;

export interface Call {
  service: string;
  operation: string;
  arguments: Facts;
}

export interface PlanStep {
  name: string;
  call: Call;
  becomes: Facts;
  undo: { name: string; call: Call } | null;
}

/** The API describes a plan as any object, since each kind of change has facts of its own. */
export function planOf(raw: Record<string, unknown> | null): Plan | null {
  return raw as Plan | null;
}

export interface Difference {
  fact: string;
  before: string;
  after: string;
}

/** What will be another after the last step. */
export function differences({ before, steps }: Plan): Difference[] {
  const after = steps.at(-1)?.becomes ?? before;
  const facts = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return facts
    .map((fact) => ({ fact, before: valueText(before[fact]), after: valueText(after[fact]) }))
    .filter((one) => one.before !== one.after);
}

export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string" || typeof value === "number") return String(value);
  return JSON.stringify(value);
}

/** E.g. "ec2:StopInstances", as IAM writes it. */
export function callText({ service, operation }: Call): string {
  const words = operation.split("_").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${service}:${words.join("")}`;
}
