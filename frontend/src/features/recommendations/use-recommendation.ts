import { useChange } from "@/components/feedback/use-change";
import { useOptimistic } from "@/components/feedback/use-optimistic";
import type { Dismissal } from "@/components/dismiss-dialog";
import { bodyOf, useApi } from "@/lib/api/client";

import type { RecommendationDetail } from "./recommendation-words";

const LISTS = [["/api/v1/recommendations"], ["/api/v1/events"], ["/api/dashboard/metrics"]];

export type Move = "start" | "complete" | "reopen";

const MOVED = {
  start: { path: "/api/v1/recommendations/{recommendation_id}/start", status: "in_progress" },
  complete: { path: "/api/v1/recommendations/{recommendation_id}/complete", status: "done" },
  reopen: { path: "/api/v1/recommendations/{recommendation_id}/reopen", status: "open" },
} as const;

export function useMove(id: string) {
  const api = useApi();
  return useOptimistic({
    queryKey: ["recommendation", id],
    alsoAffects: LISTS,
    change: (move: Move) =>
      bodyOf(api.POST(MOVED[move].path, { params: { path: { recommendation_id: id } } })),
    expect: (found: RecommendationDetail, move) => ({ ...found, status: MOVED[move].status }),
    failure: "The recommendation was not changed",
    success: "The recommendation is changed",
  });
}

export function useDismissal(id: string) {
  const api = useApi();
  return useOptimistic({
    queryKey: ["recommendation", id],
    alsoAffects: LISTS,
    change: ({ reason, until }: Dismissal) =>
      bodyOf(
        api.POST("/api/v1/recommendations/{recommendation_id}/dismiss", {
          params: { path: { recommendation_id: id } },
          body: { reason, until },
        }),
      ),
    expect: (found: RecommendationDetail, { reason, until }) => ({
      ...found,
      status: "dismissed",
      dismissed_reason: reason,
      dismissed_until: until,
    }),
    failure: "The recommendation was not dismissed",
    success: "The recommendation is dismissed",
  });
}

export function useAssignment(id: string) {
  const api = useApi();
  return useOptimistic({
    queryKey: ["recommendation", id],
    alsoAffects: LISTS,
    change: (owner: string | null) =>
      bodyOf(
        api.POST("/api/v1/recommendations/{recommendation_id}/assign", {
          params: { path: { recommendation_id: id } },
          body: { owner },
        }),
      ),
    expect: (found: RecommendationDetail, owner) => ({ ...found, owner }),
    failure: "The recommendation was not assigned",
    success: "The recommendation has a new owner",
  });
}

export function useDryRun(id: string) {
  const api = useApi();
  return useChange({
    change: () => bodyOf(api.POST("/api/v1/actions/plans", { body: { recommendation_id: id, params: {} } })),
    affects: [],
    success: "A dry run made the plan; nothing was changed",
  });
}

/** The key makes two clicks one change. */
export function useRequest(id: string, key: string, onAsked: (action: string) => void) {
  const api = useApi();
  return useChange({
    change: () =>
      bodyOf(
        api.POST("/api/v1/actions", {
          params: { header: { "idempotency-key": key } },
          body: { recommendation_id: id, params: {} },
        }),
      ),
    affects: [["recommendation", id], ...LISTS, ["/api/v1/actions"], ["/api/v1/approvals"]],
    success: "The change is asked for",
    onSuccess: (action) => onAsked(action.id),
  });
}
