import Select, { type SelectProps } from "@cloudscape-design/components/select";

interface ChoiceProps<Value extends string> extends Pick<
  SelectProps,
  "disabled" | "placeholder" | "filteringType" | "statusType" | "empty" | "ariaLabel"
> {
  value: Value | null;
  options: readonly { value: Value; label: string; description?: string }[];
  onChange: (value: Value) => void;
}

/** One of a few values. */
export function Choice<Value extends string>({ value, options, onChange, ...select }: ChoiceProps<Value>) {
  return (
    <Select
      {...select}
      expandToViewport
      selectedOption={options.find((option) => option.value === value) ?? null}
      options={options}
      onChange={({ detail }) => onChange(detail.selectedOption.value as Value)}
    />
  );
}
