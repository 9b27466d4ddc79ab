import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import Table, { type TableProps } from "@cloudscape-design/components/table";
import { useState } from "react";

import { Copyable, shortened } from "@/components/copyable";
import { NAMELESS } from "@/lib/costs/stacking";
import { money, percent, signedMoney } from "@/lib/format/money";
import { counted } from "@/lib/format/words";
import { useUrlState, withChanges } from "@/lib/url-state";

import type { Compared, Comparison } from "./comparison";
import { drillInto, type Question } from "./question";

interface GroupsProps {
  question: Question;
  compared: Comparison;
  currency: string;
  nameOf: (group: string) => string;
}

const PAGE = 50;
const ORDERS = ["now", "before", "change"] as const;
type Order = (typeof ORDERS)[number];

/** The groups with what they cost now and before. A group's name leads to what it is made of. */
export function Groups({ question, compared, currency, nameOf }: GroupsProps) {
  const [search, change] = useUrlState();
  const [page, setPage] = useState(1);
  const order: Order = ORDERS.find((one) => one === search["sort"]) ?? "now";
  const rows = [...compared.rows].sort((one, other) => other[order] - one[order]);
  const pages = Math.max(1, Math.ceil(rows.length / PAGE));
  const shownPage = Math.min(page, pages);
  const columns: TableProps.ColumnDefinition<Compared>[] = [
    {
      id: "group",
      header: question.by.value === "tag" ? `Tag ${question.tag}` : question.by.label,
      isRowHeader: true,
      minWidth: 200,
      cell: ({ group }) => <Group question={question} group={group} name={nameOf(group)} />,
    },
    amountColumn("now", "Cost", ({ now }) => money(now, currency)),
    amountColumn("before", "Before", ({ before }) => money(before, currency)),
    amountColumn("change", "Change", (row) => signedMoney(row.change, currency)),
    { ...amountColumn("rate", "Change in %", rateOf), sortingField: undefined },
    {
      ...amountColumn("share", "Share", ({ now }) => (compared.now > 0 ? percent(now / compared.now) : "–")),
      sortingField: undefined,
    },
  ];
  return (
    <Table<Compared>
      variant="container"
      trackBy="group"
      wrapLines
      items={rows.slice((shownPage - 1) * PAGE, shownPage * PAGE)}
      ariaLabels={{ tableLabel: `Cost by ${question.by.one}` }}
      header={
        <Header
          variant="h2"
          counter={`(${counted(rows.length, "row")})`}
          description="Against as many days before; a name leads to what it is made of."
        >
          By {question.by.one}
        </Header>
      }
      columnDefinitions={columns}
      sortingColumn={{ sortingField: order }}
      sortingDescending
      onSortingChange={({ detail }) =>
        change({
          sort: detail.sortingColumn.sortingField === "now" ? undefined : detail.sortingColumn.sortingField,
        })
      }
      pagination={
        pages > 1 && (
          <Pagination
            currentPageIndex={shownPage}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
            ariaLabels={{
              nextPageLabel: "Next page",
              previousPageLabel: "Previous page",
              pageLabel: (number) => `Page ${number}`,
            }}
          />
        )
      }
      empty={
        <Box textAlign="center" color="text-body-secondary">
          Nothing was charged in these days under these filters.
        </Box>
      }
    />
  );
}

function amountColumn(
  id: string,
  header: string,
  cell: (row: Compared) => string,
): TableProps.ColumnDefinition<Compared> {
  return {
    id,
    sortingField: id,
    ariaLabel: ({ sorted }) => (sorted ? `${header}, the largest first` : `Sort by ${header}`),
    header: <div className="number">{header}</div>,
    cell: (row) => <div className="number">{cell(row)}</div>,
  };
}

function rateOf({ now, before }: Compared): string {
  if (before <= 0) return now > 0 ? "new" : "–";
  const rate = now / before - 1;
  return `${rate > 0 ? "+" : ""}${percent(rate)}`;
}

function Group({ question, group, name }: { question: Question; group: string; name: string }) {
  const [search] = useUrlState();
  if (group === "") return <Box color="text-body-secondary">{namelessOf(question)}</Box>;
  if (question.by.value === "team")
    return <Link href={`/showback/${encodeURIComponent(group)}`}>{name}</Link>;
  const deeper = drillInto(question, group);
  const isLong = question.by.value === "resource";
  const text = isLong ? shortened(name) : name;
  if (deeper === null) return isLong ? <Copyable text={group} /> : <span className="breakable">{name}</span>;
  const href = `/costs?${new URLSearchParams(withChanges(search, deeper)).toString()}`;
  return (
    <Link href={href} ariaLabel={`What ${name} is made of`}>
      <span title={name}>{text}</span>
    </Link>
  );
}

function namelessOf({ by }: Question): string {
  if (by.value === "team") return "Shared or unallocated";
  if (by.value === "tag") return "Untagged";
  return NAMELESS;
}
