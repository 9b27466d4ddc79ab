import { queryOptions } from "@tanstack/react-query";

import type { components } from "@/generated/api";
import { type Api, bodyOf } from "@/lib/api/client";

export type ActionType = components["schemas"]["ActionTypeOut"];

/** The kinds of change, each with what has to be known before it is allowed. */
export function actionTypesOf(api: Api) {
  return queryOptions({
    queryKey: ["/api/v1/actions/types"],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/actions/types", { signal })),
    staleTime: Infinity,
  });
}

export function titleOf(types: readonly ActionType[] | undefined, type: string): string {
  return types?.find((one) => one.type === type)?.title ?? type;
}
