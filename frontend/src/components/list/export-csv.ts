import type { Api } from "@/lib/api/client";
import { type ListPath, takesPages } from "@/lib/api/lists";

const PAGE = "1000";
/** A hundred thousand rows are more than a spreadsheet shows well; beyond them the file says that it ends. */
const MOST_PAGES = 100;

/** Every row that the filters let through, as the API itself writes CSV. */
export async function exportCsv(api: Api, path: ListPath, parameters: Record<string, string>): Promise<Blob> {
  const parts: string[] = [];
  let cursor: string | null = null;
  do {
    const query = { ...parameters, ...(takesPages(path) && { limit: PAGE }), ...(cursor && { cursor }) };
    const { data, response } = (await api.GET(path, {
      params: { query },
      headers: { Accept: "text/csv" },
      parseAs: "text",
    } as never)) as { data?: string; response: Response };
    parts.push(parts.length === 0 ? (data ?? "") : withoutHeader(data ?? ""));
    cursor = response.headers.get("X-Next-Cursor");
  } while (cursor && parts.length < MOST_PAGES);
  if (cursor) parts.push(`"There are more rows: filter the list to get them."\r\n`);
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}

function withoutHeader(csv: string): string {
  return csv.slice(csv.indexOf("\r\n") + 2);
}

export function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  // The browser has taken the file over by the next task.
  setTimeout(() => URL.revokeObjectURL(address));
}
