const PREFIXES = {
  alert: "ALR",
  recommendation: "REC",
  action: "ACT",
  approval: "APR",
  exception: "EXC",
} as const;

export type Identified = keyof typeof PREFIXES;

/** E.g. "ALR-AB020EDB": the first eight digits of the UUID, which people can read to each other. */
export function shortId(kind: Identified, uuid: string): string {
  return `${PREFIXES[kind]}-${uuid.slice(0, 8).toUpperCase()}`;
}

const WRITTEN = /^(ALR|REC|ACT|APR|EXC)-?([0-9a-f]{8})$/i;

/** What somebody typed, where it is an id of ours. */
export function readShortId(text: string): { kind: Identified; start: string } | null {
  const [, prefix, start] = WRITTEN.exec(text.trim()) ?? [];
  const kind = (Object.keys(PREFIXES) as Identified[]).find((one) => PREFIXES[one] === prefix?.toUpperCase());
  return kind && start ? { kind, start: start.toLowerCase() } : null;
}
