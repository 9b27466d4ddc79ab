import Link from "@cloudscape-design/components/link";

import type { Service } from "./queries";

/** Where a service's code or its documents are. */
export function Outside({ href, text }: { href: string | null; text: string }) {
  if (!href) return <>–</>;
  return (
    <Link external href={href} ariaLabel={`${text}, opens in a new tab`}>
      {text}
    </Link>
  );
}

export function Repository({ service }: { service: Service }) {
  return <Outside href={service.repository_url} text={lastPart(service.repository_url)} />;
}

export function Documentation({ service }: { service: Service }) {
  return <Outside href={service.documentation_url} text="Documents" />;
}

/** E.g. "cart" of "https://git.acme.example/shop/cart". */
function lastPart(url: string | null): string {
  return url?.split("/").findLast((part) => part !== "") ?? "Repository";
}
