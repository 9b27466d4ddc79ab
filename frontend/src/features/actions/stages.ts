import type { StepsProps } from "@cloudscape-design/components/steps";

import { sentenceCase } from "@/lib/format/words";

import type { ActionDetail } from "./action-words";

export interface Stage {
  name: string;
  status: StepsProps.Status;
  /** When it was reached, as far as that is known. */
  at: string | null;
  says: string;
}

const WAY = ["queued", "preflight", "in_progress", "verifying"] as const;
type OnTheWay = (typeof WAY)[number];

/** The state machine as far as this action went through it, and what may still come. */
export function stagesOf(action: ActionDetail): Stage[] {
  const reached = reachedBy(action);
  const ended = action.finished_at !== null;
  const way = WAY.map((name, index): Stage => {
    const place = index - WAY.indexOf(reached);
    return {
      name: sentenceCase(name),
      status: statusAt(place, action, ended),
      at: timeAt(name, action),
      says: place === 0 && !ended ? nowSays(action) : "",
    };
  });
  return [...way, endOf(action, ended)];
}

/** How far one that ended had come: that is told by what it left behind. */
function reachedBy(action: ActionDetail): OnTheWay {
  const now = WAY.find((name) => name === action.status);
  if (now) return now;
  if (action.status === "completed") return "verifying";
  if (action.started_at === null) return action.plan ? "preflight" : "queued";
  return allLanded(action) ? "verifying" : "in_progress";
}

function allLanded({ steps, plan }: ActionDetail): boolean {
  const landed = steps.filter(({ direction, status }) => direction === "forth" && status === "landed").length;
  const planned = (plan?.["steps"] as unknown[] | undefined)?.length ?? 0;
  return landed >= planned;
}

function statusAt(place: number, { status }: ActionDetail, ended: boolean): StepsProps.Status {
  if (place < 0) return "success";
  if (place > 0) return ended ? "not-started" : "pending";
  if (!ended) return "loading";
  return status === "completed" ? "success" : "error";
}

function timeAt(name: OnTheWay, action: ActionDetail): string | null {
  if (name === "queued") return action.created_at;
  if (name === "preflight") return action.events.find(({ details }) => "digest" in details)?.ts ?? null;
  if (name === "in_progress") return action.started_at;
  return action.events.find(({ message }) => message.endsWith("verifying"))?.ts ?? null;
}

function nowSays({ status, requires_approval: asks, undoing, digest }: ActionDetail): string {
  if (status === "preflight" && digest && asks) return "Waits for approval";
  if (status === "preflight") return "Reads the resource";
  if (undoing) return "Goes back";
  return "";
}

const ENDS = {
  completed: { name: "Completed", status: "success" },
  failed: { name: "Failed", status: "error" },
  rolled_back: { name: "Rolled back", status: "warning" },
} as const;

function endOf(action: ActionDetail, ended: boolean): Stage {
  if (!ended) return { name: "Completed", status: "not-started", at: null, says: "" };
  const end = ENDS[action.status as keyof typeof ENDS];
  return { ...end, at: action.finished_at, says: action.error ?? "" };
}
