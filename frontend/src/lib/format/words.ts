/** E.g. "risk_acceptance" -> "Risk acceptance". */
export function sentenceCase(word: string): string {
  const spaced = word.replaceAll(/[_-]/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** E.g. (3, "alert") -> "3 alerts". */
export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${amount.toLocaleString("en-US")} ${amount === 1 ? one : many}`;
}
