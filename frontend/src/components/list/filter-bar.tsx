import PropertyFilter from "@cloudscape-design/components/property-filter";

import type { Search } from "@/lib/url-state";

import { changesOf, type Filter, optionsOf, propertiesOf, tokensOf } from "./filters";

interface FilterBarProps {
  filters: readonly Filter[];
  search: Search;
  rows: readonly object[];
  /** What is filtered, e.g. "alerts". */
  noun: string;
  onChange: (changes: Record<string, string | undefined>) => void;
}

/** Property, operator, value: the grammar of the API, and of the address. */
export function FilterBar({ filters, search, rows, noun, onChange }: FilterBarProps) {
  return (
    <PropertyFilter
      query={{ operation: "and", tokens: tokensOf(search, filters) }}
      filteringProperties={propertiesOf(filters)}
      filteringOptions={optionsOf(filters, rows)}
      onChange={({ detail }) => onChange(changesOf(detail.tokens, filters))}
      disableFreeTextFiltering
      hideOperations
      expandToViewport
      filteringPlaceholder={`Filter ${noun}`}
      filteringAriaLabel={`Filter ${noun}`}
      i18nStrings={WORDS}
    />
  );
}

const WORDS = {
  filteringAriaLabel: "Filter",
  dismissAriaLabel: "Close",
  groupValuesText: "Values",
  groupPropertiesText: "Properties",
  operatorsText: "Operators",
  operationAndText: "and",
  operationOrText: "or",
  operatorEqualsText: "is",
  operatorGreaterOrEqualText: "is at least",
  operatorLessText: "is before",
  operatorLessOrEqualText: "is at most",
  editTokenHeader: "Edit filter",
  propertyText: "Property",
  operatorText: "Operator",
  valueText: "Value",
  cancelActionText: "Cancel",
  applyActionText: "Apply",
  allPropertiesLabel: "All properties",
  clearFiltersText: "Clear filters",
  clearAriaLabel: "Clear",
  enteredTextLabel: (text: string) => `Use: "${text}"`,
  removeTokenButtonAriaLabel: (token: { propertyLabel?: string; propertyKey?: string; value: unknown }) =>
    `Remove filter ${token.propertyLabel ?? token.propertyKey ?? ""} ${String(token.value)}`,
};
