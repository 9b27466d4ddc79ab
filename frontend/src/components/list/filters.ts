import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import type { Search } from "@/lib/url-state";

/** A filter of a list: `key` is the parameter of the API and of the address, and takes one value. */
export interface Filter<Key extends string = string> {
  key: Key;
  label: string;
  /** In the plural, for the list of values. */
  group?: string;
  /** What the parameter does with its value. */
  operator?: "=" | ">=" | "<" | "<=";
  /** The field of a row that holds it, where it is called otherwise there. */
  field?: string;
  /** Where only these are possible. */
  values?: readonly (string | { value: string; label: string })[];
}

interface Token {
  propertyKey: string;
  operator: string;
  value: string;
}

export function filtersIn<Key extends string>(
  search: Search,
  filters: readonly Filter<Key>[],
): Partial<Record<Key, string>> {
  const set = filters.filter(({ key }) => search[key]).map(({ key }) => [key, search[key]]);
  return Object.fromEntries(set) as Partial<Record<Key, string>>;
}

export function tokensOf(search: Search, filters: readonly Filter[]): Token[] {
  return filters
    .filter(({ key }) => search[key])
    .map(({ key, operator = "=" }) => ({ propertyKey: key, operator, value: search[key] ?? "" }));
}

/** The changes of the address that make it say what the tokens say. Of two values of a key the later one counts. */
export function changesOf(
  tokens: readonly PropertyFilterProps.Token[],
  filters: readonly Filter[],
): Record<string, string | undefined> {
  const cleared = Object.fromEntries(filters.map(({ key }) => [key, undefined]));
  const known = new Set(filters.map(({ key }) => key));
  const set = tokens
    .map(({ propertyKey = "", value }): [string, string] => [propertyKey, String(value ?? "")])
    .filter(([key, value]) => known.has(key) && value !== "");
  return { ...cleared, ...Object.fromEntries(set) };
}

export function propertiesOf(filters: readonly Filter[]): PropertyFilterProps.FilteringProperty[] {
  return filters.map(({ key, label, group, operator = "=" }) => ({
    key,
    propertyLabel: label,
    groupValuesLabel: group ?? `${label} values`,
    operators: [operator],
    defaultOperator: operator,
  }));
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** Possible values, and for free texts those that the rows at hand have. */
export function optionsOf(
  filters: readonly Filter[],
  rows: readonly object[],
): PropertyFilterProps.FilteringOption[] {
  return filters.flatMap(({ key, field, values }) => {
    if (values) {
      return values.map((one) =>
        typeof one === "string" ? { propertyKey: key, value: one } : { propertyKey: key, ...one },
      );
    }
    const seen = rows.map((row) => (row as Record<string, unknown>)[field ?? key]).filter(isText);
    return [...new Set(seen)].map((value) => ({ propertyKey: key, value }));
  });
}
