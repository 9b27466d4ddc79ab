import { type Api, bodyOf } from "@/lib/api/client";
import { type Identified, readShortId, shortId } from "@/lib/format/ids";
import { sentenceCase } from "@/lib/format/words";
import type { Screen } from "@/lib/screens";

export interface Command {
  id: string;
  title: string;
  /** What it is, e.g. "Page" or "Alert". */
  kind: string;
  keywords?: readonly string[];
  href?: string;
  run?: () => void;
}

const MOST = 12;

export function pagesAsCommands(screens: readonly Screen[]): Command[] {
  return screens
    .filter(({ path }) => !path.includes("$"))
    .map(({ path, title, keywords }) => ({ id: path, title, kind: "Page", keywords, href: path }));
}

/** What fits, those whose title begins with the text first; what the API found stands above all. */
export function commandsFor(
  text: string,
  known: readonly Command[],
  foundThings: readonly Command[],
): Command[] {
  const wanted = text.toLowerCase();
  const fitting = known.filter(({ title, keywords = [] }) =>
    [title, ...keywords].some((word) => word.toLowerCase().includes(wanted)),
  );
  const begins = ({ title }: Command) => (title.toLowerCase().startsWith(wanted) ? 0 : 1);
  return [...foundThings, ...fitting.sort((one, other) => begins(one) - begins(other))].slice(0, MOST);
}

const DIGITS = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Alerts, recommendations and actions by their ids, short or whole. */
export async function found(api: Api, text: string, signal: AbortSignal): Promise<Command[]> {
  const short = readShortId(text);
  const start = short?.start ?? (DIGITS.test(text) ? text.replaceAll("-", "").toLowerCase() : null);
  if (start === null) return [];
  const query = { id_prefix: start, limit: 5 };
  const lookups = LOOKUPS.filter(({ kind }) => short === null || short.kind === kind);
  return (await Promise.all(lookups.map(({ look }) => look(api, query, signal)))).flat();
}

interface Start {
  id_prefix: string;
  limit: number;
}

type Look = (api: Api, query: Start, signal: AbortSignal) => Promise<Command[]>;

const LOOKUPS: readonly { kind: Identified; look: Look }[] = [
  {
    kind: "alert",
    look: async (api, query, signal) => {
      const { items } = await bodyOf(api.GET("/api/v1/alerts", { params: { query }, signal }));
      return items.map(({ id, title }) => command("alert", id, title));
    },
  },
  {
    kind: "recommendation",
    look: async (api, query, signal) => {
      const { items } = await bodyOf(api.GET("/api/v1/recommendations", { params: { query }, signal }));
      return items.map(({ id, title }) => command("recommendation", id, title));
    },
  },
  {
    kind: "action",
    look: async (api, query, signal) => {
      const { items } = await bodyOf(api.GET("/api/v1/actions", { params: { query }, signal }));
      return items.map(({ id, type, resource_id }) => command("action", id, `${type} of ${resource_id}`));
    },
  },
];

function command(kind: Identified, id: string, title: string): Command {
  return { id, title: `${shortId(kind, id)} ${title}`, kind: sentenceCase(kind), href: `/${kind}s/${id}` };
}
