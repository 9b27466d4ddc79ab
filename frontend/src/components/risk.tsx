import Badge, { type BadgeProps } from "@cloudscape-design/components/badge";

import { quantity } from "@/lib/format/money";

/** The catalogue's classes: what can be taken back, what interrupts, what loses something, what commits money. */
const CLASSES: readonly { upTo: number; text: string; color: BadgeProps["color"] }[] = [
  { upTo: 5, text: "Low risk", color: "severity-low" },
  { upTo: 30, text: "Medium risk", color: "severity-medium" },
  { upTo: 70, text: "High risk", color: "severity-high" },
  { upTo: 100, text: "Commits money", color: "severity-critical" },
];

export function Risk({ percent }: { percent: string | number }) {
  const value = Number(percent);
  const { text, color } = CLASSES.find(({ upTo }) => value <= upTo) ?? { text: "Risk", color: "grey" };
  return <Badge color={color}>{`${text}, ${quantity(value)} %`}</Badge>;
}
