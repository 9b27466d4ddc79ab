import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { useNotifications } from "@/components/feedback/notifications";
import type { components } from "@/generated/api";
import { type Api, bodyOf, useApi } from "@/lib/api/client";
import { useMember } from "@/lib/session/member";
import { linkWithTenant } from "@/lib/session/tenant";
import { parseSearch, type Search, stringifySearch } from "@/lib/url-state";

export type SavedView = components["schemas"]["SavedViewOut"];

/** What a view keeps: the part of the address that `filters` name. A list is one. */
export interface Viewed {
  /** E.g. "alerts". */
  name: string;
  filters: readonly { key: string }[];
  search: Search;
  isFiltered: boolean;
  changeFilters: (changes: Record<string, string | undefined>) => void;
}

const SaveViewDialog = lazy(async () => ({ default: (await import("./save-view-dialog")).SaveViewDialog }));

export function viewsOf(api: Api, list: string) {
  return queryOptions({
    queryKey: ["saved-views", list],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/saved-views", { params: { query: { list, limit: 200 } }, signal })),
    staleTime: 300_000,
  });
}

/** The filters of a list under names: pinned ones as buttons, all in a menu, and what to do with the present one. */
export function SavedViews({ list }: { list: Viewed }) {
  const api = useApi();
  const { can, profile } = useMember();
  const { data } = useQuery(viewsOf(api, list.name));
  const { tell } = useNotifications();
  const [saving, setSaving] = useState<"new" | SavedView | null>(null);
  const remove = useRemoval(list.name);
  const views = data?.items ?? [];
  const current = currentQuery(list);
  const open = (view: SavedView) => list.changeFilters({ ...cleared(list), ...parseSearch(view.query) });
  const shown = views.find((view) => view.query === current);
  const shownIsMine = shown !== undefined && (shown.mine || can("administer"));
  const act = (id: string) => {
    const chosen = views.find((view) => view.id === id);
    if (chosen) open(chosen);
    if (id === "save") setSaving("new");
    if (id === "edit" && shown) setSaving(shown);
    if (id === "delete" && shown) remove.mutate(shown);
    if (id === "share") {
      void navigator.clipboard
        .writeText(linkWithTenant(new URL(location.href), profile.tenant_id))
        .then(() => tell({ type: "success", header: "The link to this view is copied" }));
    }
  };
  return (
    <div className="row views">
      <ButtonDropdown
        variant="normal"
        ariaLabel="Views"
        items={[
          ...(views.length > 0 ? [{ text: "Saved views", items: views.map(itemOf) }] : []),
          {
            text: "This view",
            items: [
              { id: "save", text: "Save as ...", disabled: shown !== undefined },
              ...(shownIsMine
                ? [
                    { id: "edit", text: "Rename or share ..." },
                    { id: "delete", text: "Delete" },
                  ]
                : []),
              { id: "share", text: "Copy link" },
            ],
          },
        ]}
        onItemClick={({ detail }) => act(detail.id)}
      >
        {shown ? shown.name : "Views"}
      </ButtonDropdown>
      {views
        .filter(({ pinned }) => pinned)
        .map((view) => (
          <Button
            key={view.id}
            variant={view === shown ? "primary" : "normal"}
            ariaLabel={`View ${view.name}${view === shown ? ", shown" : ""}`}
            onClick={() => open(view)}
          >
            {view.name}
          </Button>
        ))}
      {list.isFiltered && !shown && (
        <Box color="text-body-secondary" fontSize="body-s">
          Not saved
        </Box>
      )}
      {saving && (
        <Suspense>
          <SaveViewDialog
            list={list.name}
            query={current}
            view={saving === "new" ? null : saving}
            onClose={() => setSaving(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

function itemOf(view: SavedView) {
  const whose = view.mine ? "yours" : view.owner;
  const reach = { private: "private", team: view.team ?? "team", everyone: "everyone" }[view.visibility];
  return { id: view.id, text: view.name, secondaryText: `${reach}, ${whose}` };
}

function currentQuery(list: Viewed): string {
  const set = list.filters.map(({ key }): [string, string] => [key, list.search[key] ?? ""]);
  return stringifySearch(Object.fromEntries(set)).slice(1);
}

function cleared(list: Viewed): Record<string, undefined> {
  return Object.fromEntries(list.filters.map(({ key }) => [key, undefined]));
}

function useRemoval(list: string) {
  const api = useApi();
  const queries = useQueryClient();
  const { tellProblem } = useNotifications();
  return useMutation({
    mutationFn: (view: SavedView) =>
      api.DELETE("/api/v1/saved-views/{view_id}", {
        params: { path: { view_id: view.id }, header: { "if-match": view.etag } },
      }),
    onError: (error) => tellProblem("The view was not deleted", error),
    onSettled: () => queries.invalidateQueries({ queryKey: ["saved-views", list] }),
  });
}
