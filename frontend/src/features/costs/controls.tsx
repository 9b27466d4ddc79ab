import DateInput from "@cloudscape-design/components/date-input";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { Choice } from "@/components/choice";
import { FilterBar } from "@/components/list/filter-bar";
import type { CostItem } from "@/lib/costs/stacking";
import { addDays } from "@/lib/format/dates";
import type { Search } from "@/lib/url-state";

import { DIMENSIONS, FILTERS, MEASURES, PERIODS, type Question } from "./question";

interface ControlsProps {
  question: Question;
  search: Search;
  items: readonly CostItem[];
  change: (changes: Record<string, string | undefined>) => void;
}

const GRANULARITIES = [
  { value: "daily", label: "Day" },
  { value: "monthly", label: "Month" },
] as const;

/** What is asked: by which dimension, of which days, which of the bill's costs, and of what alone. */
export function Controls({ question, search, items, change }: ControlsProps) {
  const { by, periodName, period, per, measure } = question;
  const rows = items.map(({ group }) => ({ [by.value]: group }));
  return (
    <SpaceBetween size="s">
      <div className="fields">
        <FormField label="Group by">
          <Choice value={by.value} options={DIMENSIONS} onChange={(wanted) => change({ by: wanted })} />
        </FormField>
        {by.value === "tag" && <TagKey key={question.tag} tag={question.tag} change={change} />}
        <FormField label="Days">
          <Choice
            value={periodName}
            options={PERIODS}
            onChange={(wanted) =>
              change(
                wanted === "custom"
                  ? { period: wanted, ...period }
                  : { period: wanted, start: undefined, end: undefined },
              )
            }
          />
        </FormField>
        {periodName === "custom" && <Dates {...period} change={change} />}
        <FormField label="Per">
          <Choice value={per} options={GRANULARITIES} onChange={(wanted) => change({ per: wanted })} />
        </FormField>
        <FormField label="Cost">
          <Choice value={measure} options={MEASURES} onChange={(wanted) => change({ cost: wanted })} />
        </FormField>
      </div>
      <FilterBar filters={FILTERS} search={search} rows={rows} noun="costs" onChange={change} />
    </SpaceBetween>
  );
}

function TagKey({ tag, change }: { tag: string; change: ControlsProps["change"] }) {
  const [typed, setTyped] = useState(tag);
  const take = () => change({ tag: typed.trim() });
  return (
    <FormField label="Key of the tag">
      <Input
        value={typed}
        onChange={({ detail }) => setTyped(detail.value)}
        onBlur={take}
        onKeyDown={({ detail }) => {
          if (detail.key === "Enter") take();
        }}
      />
    </FormField>
  );
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function Dates({ start, end, change }: { start: string; end: string; change: ControlsProps["change"] }) {
  const field = (label: string, value: string, take: (day: string) => void) => (
    <FormField label={label}>
      <DateInput
        value={value}
        format="iso"
        placeholder="YYYY-MM-DD"
        onChange={({ detail }) => {
          if (DAY.test(detail.value)) take(detail.value);
        }}
      />
    </FormField>
  );
  return (
    <>
      {field("From", start, (day) => change({ start: day }))}
      {field("Through", addDays(end, -1), (day) => change({ end: addDays(day, 1) }))}
    </>
  );
}
