import BreadcrumbGroup from "@cloudscape-design/components/breadcrumb-group";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import { type ReactNode, useEffect } from "react";

import { DataThrough } from "@/components/data-through";

export interface PageProps {
  title: string;
  /** One sentence that says what the figures are and where they come from. */
  description?: ReactNode;
  /** What this page's figures reach to; by default the bills. */
  freshness?: ReactNode;
  actions?: ReactNode;
  /** The pages above this one, outermost first. */
  parents?: readonly { text: string; href: string }[];
  /** What the heading carries beside its title, e.g. a status. */
  beside?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: title, where its figures come from, how fresh they are, what can be done. */
export function Page({ title, description, freshness, actions, parents, beside, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · CloudOps Guardrails`;
  }, [title]);
  return (
    <ContentLayout
      breadcrumbs={
        parents && (
          <BreadcrumbGroup
            ariaLabel="Breadcrumbs"
            items={[...parents, { text: title, href: "#" }]}
            onFollow={stayOnOwnPage}
          />
        )
      }
      header={
        <Header
          variant="h1"
          actions={actions && <div className="row">{actions}</div>}
          description={
            <>
              {description && <span className="own-line">{description}</span>}
              <small className="own-line quiet">{freshness ?? <DataThrough />}</small>
            </>
          }
        >
          <span className="page-title">{title}</span> {beside}
        </Header>
      }
    >
      {children}
    </ContentLayout>
  );
}

function stayOnOwnPage(event: CustomEvent<{ href: string }>): void {
  if (event.detail.href === "#") event.preventDefault();
}
