import { useIsNarrow } from "@/lib/narrow";
import { useUrlState } from "@/lib/url-state";

import { ApprovalList } from "./approval-list";
import { OneByOne } from "./one-by-one";

/** On a phone one change after the other; elsewhere a list, from which one by one can be chosen. */
export function Screen() {
  const narrow = useIsNarrow();
  const [search] = useUrlState();
  const wanted = search["as"] ?? (narrow ? "cards" : "list");
  return wanted === "cards" ? <OneByOne /> : <ApprovalList />;
}
