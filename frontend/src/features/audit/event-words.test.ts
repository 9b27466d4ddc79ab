import { expect, test } from "vitest";

import { changesOf, detailsOf, type Event, pageOf } from "./event-words";

const EVENT: Event = {
  id: "1",
  project_id: null,
  team_id: null,
  entity_type: "cloud_account",
  entity_id: "42",
  event_type: "changed",
  message: "",
  actor: "leo",
  user_id: null,
  metadata: { old: { name: "a", regions: ["us-east-1"] }, new: { name: "b" }, run: 7 },
  created_at: "2026-11-28T00:00:00Z",
};

test("old and new values stand beside each other", () => {
  expect(changesOf(EVENT)).toEqual([
    { field: "name", before: "a", after: "b" },
    { field: "regions", before: '["us-east-1"]', after: "–" },
  ]);
  expect(detailsOf(EVENT)).toEqual([["run", "7"]]);
});

test("what has a page is linked, what has none is not", () => {
  expect(pageOf(EVENT)).toBe("/accounts/42");
  expect(pageOf({ ...EVENT, entity_id: null })).toBeNull();
  expect(pageOf({ ...EVENT, entity_type: "job" })).toBeNull();
});
