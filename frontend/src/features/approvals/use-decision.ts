import { useOptimistic } from "@/components/feedback/use-optimistic";
import { bodyOf, useApi } from "@/lib/api/client";

import type { ApprovalDetail } from "./approval-words";
import { LIST } from "./queries";

export interface Decision {
  word: "approve" | "reject";
  comment: string | null;
}

const PATHS = {
  approve: "/api/v1/approvals/{request_id}/approve",
  reject: "/api/v1/approvals/{request_id}/reject",
} as const;

export function useDecision(id: string, onDecided: (decision: Decision) => void) {
  const api = useApi();
  return useOptimistic({
    queryKey: ["approval", id],
    alsoAffects: [[LIST], ["action"], ["/api/v1/actions"], ["/api/v1/recommendations"], ["/api/v1/events"]],
    change: async (decision: Decision) => {
      const answer = await bodyOf(
        api.POST(PATHS[decision.word], {
          params: { path: { request_id: id } },
          body: decision.comment === null ? {} : { comment: decision.comment },
        }),
      );
      onDecided(decision);
      return answer;
    },
    expect: (shown: ApprovalDetail, { word }): ApprovalDetail => ({
      ...shown,
      status: expected(shown, word),
    }),
    failure: "Your word was not taken",
    success: "Your word is kept",
  });
}

/** Where two people have to agree, the first yes does not settle it. */
function expected({ approvals_needed: needed, decisions }: ApprovalDetail, word: Decision["word"]) {
  if (word === "reject") return "rejected";
  return needed > decisions.length + 1 ? "pending" : "approved";
}
