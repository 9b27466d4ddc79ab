/** The API writes money as decimal strings; a float is good enough to show one, never to reckon with. */
export type Amount = string | number;

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify([currency, options]);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat("en-US", { style: "currency", currency, ...options });
  formats.set(key, made);
  return made;
}

/** E.g. "$1,234.56"; what is less than a cent shows as "<$0.01". */
export function money(amount: Amount, currency: string): string {
  const value = Number(amount);
  if (value !== 0 && Math.abs(value) < 0.005) {
    const cent = formatOf(currency, {}).format(0.01);
    return value < 0 ? `>-${cent}` : `<${cent}`;
  }
  return formatOf(currency, {}).format(value);
}

/** E.g. "$71.3K", for tiles and axes. */
export function shortMoney(amount: Amount, currency: string): string {
  const value = Number(amount);
  const digits = Math.abs(value) < 1000 ? 0 : 1;
  return formatOf(currency, {
    notation: "compact",
    maximumFractionDigits: digits,
    minimumFractionDigits: 0,
  }).format(value);
}

/** E.g. "+$548.20": the sign is always there. */
export function signedMoney(amount: Amount, currency: string): string {
  return formatOf(currency, { signDisplay: "exceptZero" }).format(Number(amount));
}

/** A dimensionless or metric value, e.g. "594.87 ms". */
export function quantity(amount: Amount, unit = ""): string {
  const text = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 }).format(Number(amount));
  return unit ? `${text} ${unit}` : text;
}

export function percent(share: number, digits = 1): string {
  return new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: digits }).format(share);
}

export function count(value: number): string {
  return new Intl.NumberFormat("en-US").format(value);
}

/** Sums per currency: amounts of different currencies are never added. */
export function sumByCurrency<T>(
  rows: readonly T[],
  read: (row: T) => { amount: Amount; currency: string },
): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const { amount, currency } = read(row);
    sums.set(currency, (sums.get(currency) ?? 0) + Number(amount));
  }
  return new Map([...sums].sort(([, one], [, other]) => other - one));
}
