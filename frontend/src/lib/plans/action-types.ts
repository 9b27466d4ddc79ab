import { queryOptions } from "@tanstack/react-query";

import type { components } from "@/generated/api";
import { type Api, bodyOf } from "@/lib/api/client";

export type ActionType = components["schemas"]["ActionTypeOut"];

/** The kinds of change, each with what has to be known before it is allowed. */
export function actionTypesOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/actions/types"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/actions/types", { signal })),
    select: ({ items }) => ({ items: items.map(described) }),
    staleTime: Infinity,
  });
}

/** What it loses and how it is undone stand alone here, and so begin like sentences. */
function described(type: ActionType): ActionType {
  return { ...type, loses: capitalized(type.loses), undone_by: capitalized(type.undone_by) };
}

function capitalized(text: string | null): string | null {
  return text && text.charAt(0).toUpperCase() + text.slice(1);
}

export function titleOf(types: readonly ActionType[] | undefined, type: string): string {
  return types?.find((one) => one.type === type)?.title ?? type;
}
