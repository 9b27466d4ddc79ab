import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";

import { bodyOf, useApi } from "@/lib/api/client";
import { type FilterKey, type ListAnswer, type ListPath, takesPages } from "@/lib/api/lists";
import { usePreference } from "@/lib/preferences";
import { type Search, useUrlState, withChanges } from "@/lib/url-state";

import { type Filter, filtersIn } from "./filters";

export const PAGE_SIZES = [25, 50, 100] as const;

export interface ListOptions<P extends ListPath> {
  /** What the list is called in saved views and preferences, e.g. "alerts". */
  name: string;
  path: P;
  filters: readonly Filter<FilterKey<P>>[];
  /** Parameters that the page sets and nobody filters by. */
  always?: Record<string, string>;
  refetchInterval?: number;
}

export interface List<P extends ListPath> extends ListOptions<P> {
  query: UseQueryResult<ListAnswer<P>>;
  search: Search;
  parameters: Record<string, string>;
  pages: Pages;
  pageSize: number;
  setPageSize: (size: number) => void;
  changeFilters: (changes: Record<string, string | undefined>) => void;
  isFiltered: boolean;
}

export interface Pages {
  number: number;
  hasNext: boolean;
  open: (number: number) => void;
}

/** A page of a list: filters and place come from the address, rows from the server, keyset by keyset. */
export function useList<P extends ListPath>(options: ListOptions<P>): List<P> {
  const api = useApi();
  const [search, change] = useUrlState();
  const [pageSize, setPageSize] = usePreference<number>(`${options.name}.page-size`, PAGE_SIZES[0]);
  const filters = filtersIn(search, options.filters) as Record<string, string>;
  const parameters: Record<string, string> = { ...options.always, ...filters };
  const page = takesPages(options.path) ? { limit: String(pageSize), cursor: search["cursor"] } : {};
  const asked = withChanges(parameters, page);
  const query = useQuery({
    queryKey: [options.path, asked],
    // The path is checked where the list is made; here it is any of them.
    queryFn: ({ signal }) =>
      bodyOf(
        api.GET(options.path, { params: { query: asked }, signal } as never) as Promise<{
          data?: ListAnswer<P>;
        }>,
      ),
    placeholderData: keepPreviousData,
    refetchInterval: options.refetchInterval,
  });
  return {
    ...options,
    query,
    search,
    parameters,
    pages: usePages(query.data?.next_cursor ?? null, search["cursor"]),
    pageSize,
    setPageSize: (size) => {
      change({ cursor: undefined }, { replace: true });
      setPageSize(size);
    },
    changeFilters: (changes) => change({ ...changes, cursor: undefined }),
    isFiltered: Object.keys(filters).length > 0,
  };
}

/** The history remembers the cursors of the pages before this one; who comes by a link can go on, or to the start. */
function usePages(next: string | null, cursor: string | undefined): Pages {
  const navigate = useNavigate();
  const trail = useLocation({ select: ({ state }) => (state as { trail?: string[] }).trail }) ?? [];
  const before = cursor === undefined ? [] : trail.length > 0 ? trail : [""];
  const cursors = [...before, cursor ?? "", ...(next === null ? [] : [next])];
  return {
    number: before.length + 1,
    hasNext: next !== null,
    open: (number) => {
      const wanted = cursors[number - 1];
      if (wanted === undefined) return;
      void navigate({
        to: ".",
        search: ((now: Record<string, string>) => withChanges(now, { cursor: wanted })) as never,
        state: { trail: cursors.slice(0, number - 1) } as never,
      });
    },
  };
}
