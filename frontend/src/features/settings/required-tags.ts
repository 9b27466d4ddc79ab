import type { components } from "@/generated/api";

export type RequiredTags = components["schemas"]["RequiredTagsModel"];
export type RequiredTag = RequiredTags["default"][number];

/** One tag a line, its allowed values after a colon: "Environment: prod, staging". */
export function written(tags: readonly RequiredTag[]): string {
  return tags
    .map(({ key, allowed_values }) => (allowed_values ? `${key}: ${allowed_values.join(", ")}` : key))
    .join("\n");
}

export function read(text: string): RequiredTag[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const colon = line.indexOf(": ");
      if (colon < 0) return { key: line.replace(/:$/, ""), allowed_values: null };
      const values = line
        .slice(colon + 2)
        .split(",")
        .map((value) => value.trim())
        .filter(Boolean);
      return { key: line.slice(0, colon).trim(), allowed_values: values.length > 0 ? values : null };
    });
}
