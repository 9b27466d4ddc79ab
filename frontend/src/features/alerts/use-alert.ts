import { queryOptions } from "@tanstack/react-query";

import { useOptimistic } from "@/components/feedback/use-optimistic";
import { type Api, bodyOf, useApi } from "@/lib/api/client";
import { useMember } from "@/lib/session/member";

import type { AlertDetail } from "./alert-words";

export function alertOf(api: Api, id: string) {
  return queryOptions({
    queryKey: ["alert", id],
    queryFn: ({ signal }) =>
      bodyOf(api.GET("/api/v1/alerts/{alert_id}", { params: { path: { alert_id: id } }, signal })),
  });
}

export function eventsOf(api: Api, id: string) {
  const query = { entity_type: "alert", entity_id: id, limit: 100 } as const;
  return queryOptions({
    queryKey: ["/api/v1/events", "alert", id],
    queryFn: ({ signal }) => bodyOf(api.GET("/api/v1/events", { params: { query }, signal })),
  });
}

const LISTS = [["/api/v1/alerts"], ["/api/v1/events"]];

export function useAcknowledgement(id: string) {
  const api = useApi();
  const { profile } = useMember();
  return useOptimistic({
    queryKey: ["alert", id],
    alsoAffects: LISTS,
    change: () =>
      bodyOf(api.POST("/api/v1/alerts/{alert_id}/acknowledge", { params: { path: { alert_id: id } } })),
    expect: (alert: AlertDetail) => ({ ...alert, status: "acknowledged", acknowledged_by: profile.email }),
    failure: "The alert was not acknowledged",
    success: "The alert is yours",
  });
}

interface Resolution {
  resolution: string;
  /** The last day on which the signal stays quiet. */
  planned_until: string | null;
}

export function useResolution(id: string) {
  const api = useApi();
  const { profile } = useMember();
  return useOptimistic({
    queryKey: ["alert", id],
    alsoAffects: LISTS,
    change: (body: Resolution) =>
      bodyOf(api.POST("/api/v1/alerts/{alert_id}/resolve", { params: { path: { alert_id: id } }, body })),
    expect: (alert: AlertDetail, resolution) => ({
      ...alert,
      ...resolution,
      status: "resolved",
      resolved_by: profile.email,
    }),
    failure: "The alert was not resolved",
    success: "The alert is resolved",
  });
}
