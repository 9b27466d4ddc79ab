const CHOSEN = "cloudops.tenant";
const PARAMETER = "tenant";

/** The tenant that this tab acts in; without a choice the API takes the person's first one. */
export function chosenTenant(): string | null {
  return sessionStorage.getItem(CHOSEN) ?? localStorage.getItem(CHOSEN);
}

export function chooseTenant(id: string): void {
  sessionStorage.setItem(CHOSEN, id);
  localStorage.setItem(CHOSEN, id);
}

export function forgetTenant(): void {
  sessionStorage.removeItem(CHOSEN);
  localStorage.removeItem(CHOSEN);
}

/** A shared link names its tenant, so that it opens where it was made. */
export function adoptTenantOfLink(url: URL): URL {
  const named = url.searchParams.get(PARAMETER);
  if (!named) return url;
  const clean = new URL(url);
  clean.searchParams.delete(PARAMETER);
  sessionStorage.setItem(CHOSEN, named);
  return clean;
}

export function linkWithTenant(url: URL, tenant: string): string {
  const link = new URL(url);
  link.searchParams.set(PARAMETER, tenant);
  return link.toString();
}
