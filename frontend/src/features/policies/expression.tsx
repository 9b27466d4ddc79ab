import type { ReactNode } from "react";

type Tree = Readonly<Record<string, unknown>>;

const OPERATORS: Readonly<Record<string, string>> = {
  eq: "is",
  ne: "is not",
  in: "is one of",
  not_in: "is none of",
  exists: "is there",
  absent: "is absent",
  gt: "is above",
  gte: "is at least",
  lt: "is below",
  lte: "is at most",
  matches: "matches",
  contains: "contains",
  older_than_days: "is older, in days, than",
};

/** An expression in words: what a resource must not be. */
export function Expression({ tree }: { tree: Tree }): ReactNode {
  if (isList(tree["all"])) return <Parts title="All of" parts={tree["all"]} />;
  if (isList(tree["any"])) return <Parts title="Any of" parts={tree["any"]} />;
  if (isTree(tree["not"])) return <Parts title="Not" parts={[tree["not"]]} />;
  return (
    <span className="breakable">
      <code>{String(tree["field"])}</code> {OPERATORS[String(tree["op"])] ?? String(tree["op"])}{" "}
      {"value" in tree && <strong>{valueOf(tree["value"])}</strong>}
    </span>
  );
}

function Parts({ title, parts }: { title: string; parts: readonly Tree[] }) {
  return (
    <>
      {title}
      <ul className="expression">
        {parts.map((part) => (
          <li key={JSON.stringify(part)}>
            <Expression tree={part} />
          </li>
        ))}
      </ul>
    </>
  );
}

function valueOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueOf).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly Tree[] {
  return Array.isArray(value) && value.every(isTree);
}
