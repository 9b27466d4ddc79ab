import { type Identified, shortId } from "@/lib/format/ids";

import { Copyable } from "./copyable";

/** E.g. "REC-F6DCBFF4"; what is copied is the whole id, as the API and the command line take it. */
export function Identifier({ kind, id }: { kind: Identified; id: string }) {
  return <Copyable text={id}>{shortId(kind, id)}</Copyable>;
}
