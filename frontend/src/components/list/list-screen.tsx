import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CollectionPreferences from "@cloudscape-design/components/collection-preferences";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";

import { ProblemAlert } from "@/components/feedback/problem-alert";
import { StaleAlert } from "@/components/feedback/loaded";
import { Page, type PageProps } from "@/components/page";
import type { ItemOf, ListPath } from "@/lib/api/lists";
import { useIsNarrow } from "@/lib/narrow";
import { usePreference } from "@/lib/preferences";

import { ExportButton } from "./export-button";
import { FilterBar } from "./filter-bar";
import { SavedViews } from "./saved-views";
import { type List, PAGE_SIZES } from "./use-list";

export interface Column<Item> {
  id: string;
  header: string;
  cell: (item: Item) => ReactNode;
  /** Hidden until somebody asks for it. */
  optional?: boolean;
  /** The column that names a row; it is always there. */
  isRowHeader?: boolean;
  align?: "right";
  minWidth?: number;
  maxWidth?: number;
}

interface ListScreenProps<P extends ListPath> extends Omit<PageProps, "children"> {
  list: List<P>;
  /** What the rows are, in the plural and small, e.g. "alerts". */
  noun: string;
  columns: readonly Column<ItemOf<P>>[];
  rowId: (item: ItemOf<P>) => string;
  /** What it means that there is none; "nothing flagged" belongs beside how much was looked at. */
  empty: ReactNode;
  /** What stands between the views and the table, e.g. totals. */
  above?: ReactNode;
  selection?: Selection<ItemOf<P>>;
}

export interface Selection<Item> {
  selected: readonly Item[];
  onChange: (selected: Item[]) => void;
  type?: "single" | "multi";
  label: (item: Item) => string;
}

/** The one shape of all lists: views, filter bar, table, pages, columns to choose, CSV of what is shown. */
export function ListScreen<P extends ListPath>(props: ListScreenProps<P>) {
  const { list, noun, columns, rowId, empty, above, selection, ...page } = props;
  const { query } = list;
  const hideable = columns.filter(({ isRowHeader }) => !isRowHeader);
  const initial = columns.filter(({ optional }) => !optional).map(({ id }) => id);
  const [visible, setVisible] = usePreference<readonly string[]>(`${list.name}.columns`, initial);
  const [wraps, setWraps] = usePreference(`${list.name}.wraps`, false);
  const narrow = useIsNarrow();
  const items = query.data?.items ?? [];
  return (
    <Page
      {...page}
      actions={
        <>
          <ExportButton list={list} />
          {page.actions}
        </>
      }
    >
      <SpaceBetween size="s">
        <SavedViews list={list} />
        {above}
        {query.error && query.data && (
          <StaleAlert error={query.error} since={query.dataUpdatedAt} retry={() => void query.refetch()} />
        )}
        {query.error && !query.data ? (
          <ProblemAlert error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Table<ItemOf<P>>
            variant="container"
            stickyHeader
            wrapLines={wraps || narrow}
            items={items}
            trackBy={rowId}
            loading={query.isPending}
            loadingText={`Loading ${noun}`}
            columnDefinitions={columns.map((column) => definitionOf(column, narrow))}
            columnDisplay={columns.map(({ id, isRowHeader }) => ({
              id,
              visible: isRowHeader === true || visible.includes(id),
            }))}
            ariaLabels={{
              tableLabel: page.title,
              selectionGroupLabel: `Select ${noun}`,
              allItemsSelectionLabel: () => `Select all ${noun} of this page`,
              itemSelectionLabel: (_, item) => `Select ${selection?.label(item) ?? rowId(item)}`,
            }}
            selectionType={selection && (selection.type ?? "multi")}
            selectedItems={selection && [...selection.selected]}
            onSelectionChange={({ detail }) => selection?.onChange(detail.selectedItems)}
            filter={
              list.filters.length > 0 && (
                <FilterBar
                  filters={list.filters}
                  search={list.search}
                  rows={items}
                  noun={noun}
                  onChange={list.changeFilters}
                />
              )
            }
            pagination={
              <Pagination
                currentPageIndex={list.pages.number}
                pagesCount={list.pages.number + (list.pages.hasNext ? 1 : 0)}
                openEnd={list.pages.hasNext}
                disabled={query.isPlaceholderData}
                onChange={({ detail }) => list.pages.open(detail.currentPageIndex)}
                ariaLabels={{
                  nextPageLabel: "Next page",
                  previousPageLabel: "Previous page",
                  pageLabel: (number) => `Page ${number}`,
                }}
              />
            }
            preferences={
              <CollectionPreferences
                title="Columns and rows"
                confirmLabel="Apply"
                cancelLabel="Cancel"
                preferences={{ pageSize: list.pageSize, visibleContent: visible, wrapLines: wraps }}
                pageSizePreference={{
                  title: "Rows of a page",
                  options: PAGE_SIZES.map((value) => ({ value, label: `${value} rows` })),
                }}
                wrapLinesPreference={{ label: "Wrap lines", description: "Show long texts whole" }}
                visibleContentPreference={{
                  title: "Columns",
                  options: [
                    { label: page.title, options: hideable.map(({ id, header }) => ({ id, label: header })) },
                  ],
                }}
                onConfirm={({ detail }) => {
                  if (detail.pageSize && detail.pageSize !== list.pageSize) list.setPageSize(detail.pageSize);
                  setVisible(detail.visibleContent ?? initial);
                  setWraps(detail.wrapLines ?? false);
                }}
              />
            }
            empty={list.isFiltered ? <NoMatch noun={noun} list={list} /> : <EmptyList>{empty}</EmptyList>}
          />
        )}
      </SpaceBetween>
    </Page>
  );
}

/** In pixels: a phone scrolls sideways rather than break a word like “Acknowledged”. */
const READABLE = 130;

function definitionOf<Item>({ align, cell, minWidth, ...column }: Column<Item>, narrow: boolean) {
  return {
    ...column,
    // A phone has room for little more than the name.
    minWidth: narrow ? Math.min(minWidth ?? READABLE, 180) : minWidth,
    header: align ? <div className="number">{column.header}</div> : column.header,
    cell: (item: Item) => (align ? <div className="number">{cell(item)}</div> : cell(item)),
  };
}

function EmptyList({ children }: { children: ReactNode }) {
  return (
    <Box textAlign="center" color="text-body-secondary" padding="l">
      {children}
    </Box>
  );
}

function NoMatch<P extends ListPath>({ noun, list }: { noun: string; list: List<P> }) {
  const clear = () => list.changeFilters(Object.fromEntries(list.filters.map(({ key }) => [key, undefined])));
  return (
    <EmptyList>
      <SpaceBetween size="s">
        <span>No {noun} match these filters.</span>
        <Button onClick={clear}>Clear filters</Button>
      </SpaceBetween>
    </EmptyList>
  );
}
