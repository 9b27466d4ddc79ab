/** The query that says whether it is on. */
export const TWO_STEP = ["user pool", "second factor"] as const;

const PRODUCT = "CloudOps";

/** What an authenticator app reads from the QR code, and under which name it keeps the key. */
export function enrollmentUri(email: string, key: string): string {
  const name = encodeURIComponent(`${PRODUCT}:${email}`);
  return `otpauth://totp/${name}?secret=${key}&issuer=${PRODUCT}`;
}

/** In fours, as people read a key out and type it. */
export function grouped(key: string): string {
  return key.match(/.{1,4}/g)?.join(" ") ?? "";
}

/** The six digits of what was typed, or null as long as there are not six; apps show them with a space. */
export function codeOf(typed: string): string | null {
  const digits = typed.replace(/\s/g, "");
  return /^\d{6}$/.test(digits) ? digits : null;
}
