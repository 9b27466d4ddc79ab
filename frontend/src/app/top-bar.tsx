import Button from "@cloudscape-design/components/button";
import ButtonDropdown, { type ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";

import { sentenceCase } from "@/lib/format/words";
import { useIsNarrow } from "@/lib/narrow";
import { type Density, type Theme, useAppearance } from "@/lib/preferences";
import { type Profile, useMember } from "@/lib/session/member";
import { useSession } from "@/lib/session/session-context";
import { chooseTenant } from "@/lib/session/tenant";

interface TopBarProps {
  onSearch: () => void;
  onShortcuts: () => void;
}

/** Cloudscape's own top navigation cuts its title; this is the part of it that we need. */
export function TopBar({ onSearch, onShortcuts }: TopBarProps) {
  const narrow = useIsNarrow();
  return (
    <header className="top-bar">
      <a className="brand" href="/" aria-label="CloudOps Guardrails, overview">
        <img src="/favicon.svg" alt="" width={28} height={28} />
        {!narrow && <span>CloudOps Guardrails</span>}
      </a>
      <Button
        iconName="search"
        variant={narrow ? "icon" : "normal"}
        ariaLabel="Search (Ctrl K)"
        onClick={onSearch}
      >
        {narrow ? undefined : "Search"}
      </Button>
      <TenantMenu />
      <AppearanceMenu />
      <PersonMenu onShortcuts={onShortcuts} />
    </header>
  );
}

function TenantMenu() {
  const { profile } = useMember();
  const current = profile.tenants.find((tenant) => tenant.current);
  // Somebody with one tenant has nothing to choose.
  if (profile.tenants.length < 2) return <span className="tenant">{current?.name}</span>;
  return (
    <ButtonDropdown
      items={profile.tenants.map(({ id, name, role }) => ({
        id,
        text: name,
        secondaryText: sentenceCase(role),
        disabled: id === profile.tenant_id,
      }))}
      onItemClick={({ detail }) => {
        chooseTenant(detail.id);
        // What is on the page belongs to the other tenant, so nothing of it may stay.
        location.assign("/");
      }}
    >
      {current?.name ?? "Tenant"}
    </ButtonDropdown>
  );
}

function AppearanceMenu() {
  const { theme, setTheme, density, setDensity } = useAppearance();
  return (
    <ButtonDropdown
      variant="icon"
      ariaLabel="Appearance"
      items={[
        { text: "Theme", items: choices<Theme>("theme", ["system", "light", "dark"], theme) },
        { text: "Density", items: choices<Density>("density", ["comfortable", "compact"], density) },
      ]}
      onItemClick={({ detail }) => {
        const [what, value] = detail.id.split(":");
        if (what === "theme") setTheme(value as Theme);
        else setDensity(value as Density);
      }}
    />
  );
}

function PersonMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const session = useSession();
  const narrow = useIsNarrow();
  const { profile } = useMember();
  const name = profile.first_name ?? profile.email.split("@")[0] ?? profile.email;
  return (
    <ButtonDropdown
      ariaLabel={narrow ? `${initialsOf(name)}, ${name}` : undefined}
      items={[
        {
          text: `${profile.email}, ${rights(profile)}`,
          items: [
            { id: "shortcuts", text: "Keyboard shortcuts" },
            { id: "sign-out", text: "Sign out" },
          ],
        },
      ]}
      onItemClick={({ detail }) => {
        if (detail.id === "shortcuts") onShortcuts();
        else void session.signOut();
      }}
    >
      {narrow ? initialsOf(name) : name}
    </ButtonDropdown>
  );
}

/** E.g. "leo.marchetti" -> "LM": a phone has room for no more beside the tenant's name. */
function initialsOf(name: string): string {
  return name
    .split(/[._ -]+/)
    .map((word) => word.charAt(0).toUpperCase())
    .join("");
}

function rights({ role, finance_approver }: Profile): string {
  return finance_approver ? `${role}, approves for finance` : role;
}

function choices<T extends string>(
  what: string,
  values: readonly T[],
  chosen: T,
): ButtonDropdownProps.CheckboxItem[] {
  return values.map((value) => ({
    id: `${what}:${value}`,
    text: sentenceCase(value),
    itemType: "checkbox",
    checked: value === chosen,
  }));
}
