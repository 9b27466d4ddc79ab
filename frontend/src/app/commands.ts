import type { Api } from "@/lib/api/client";
import { Problem } from "@/lib/api/problem";
import { readShortId, shortId } from "@/lib/format/ids";
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

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Alerts, recommendations and actions by their ids, short or whole. */
export async function found(api: Api, text: string, signal: AbortSignal): Promise<Command[]> {
  const short = readShortId(text);
  if (short?.kind === "alert") return alertsThatBegin(api, short.start, signal);
  if (UUID.test(text)) return alertOf(api, text, signal);
  return [];
}

async function alertOf(api: Api, id: string, signal: AbortSignal): Promise<Command[]> {
  try {
    const { data } = await api.GET("/api/v1/alerts/{alert_id}", {
      params: { path: { alert_id: id } },
      signal,
    });
    return data ? [alertCommand(data)] : [];
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return [];
    throw error;
  }
}

async function alertsThatBegin(api: Api, start: string, signal: AbortSignal): Promise<Command[]> {
  const { data } = await api.GET("/api/v1/alerts", { params: { query: { limit: 1000 } }, signal });
  return (data?.items ?? []).filter(({ id }) => id.startsWith(start)).map(alertCommand);
}

function alertCommand({ id, title }: { id: string; title: string }): Command {
  return { id, title: `${shortId("alert", id)} ${title}`, kind: "Alert", href: `/alerts/${id}` };
}
