const WRITTEN: ReadonlyMap<string, string> = new Map([
  ["az", "AZ"],
  ["gib", "GiB"],
  ["iops", "IOPS"],
  ["mib", "MiB"],
  ["vcpus", "vCPUs"],
]);

/** E.g. "risk_acceptance" -> "Risk acceptance", "iops" -> "IOPS". */
export function sentenceCase(word: string): string {
  const [first = "", ...rest] = word.split(/[_-]/);
  const begun = WRITTEN.get(first) ?? first.charAt(0).toUpperCase() + first.slice(1);
  return [begun, ...rest.map((one) => WRITTEN.get(one) ?? one)].join(" ");
}

/** E.g. (3, "alert") -> "3 alerts". */
export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? one : many}`;
}
