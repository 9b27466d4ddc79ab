/** A refusal of the API as RFC 9457 writes it, or the word that there was no answer at all. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly fields: Record<string, string>;

  constructor(told: { status: number; title: string; detail?: string; fields?: Record<string, string> }) {
    super(told.title);
    this.name = "Problem";
    this.status = told.status;
    this.title = told.title;
    this.detail = told.detail ?? "";
    this.fields = told.fields ?? {};
  }

  static async of(answer: Response): Promise<Problem> {
    const type = answer.headers.get("content-type") ?? "";
    const body = type.includes("json") ? ((await answer.json()) as ProblemDocument) : {};
    const fields = Object.fromEntries((body.errors ?? []).map(({ field, detail }) => [field, detail]));
    return new Problem({
      status: answer.status,
      title: body.title ?? body.message ?? `The API answers ${answer.status}`,
      detail: body.detail ?? sentence(fields),
      fields: body.field && body.detail ? { ...fields, [body.field]: body.detail } : fields,
    });
  }

  static noAnswer(): Problem {
    return new Problem({
      status: 0,
      title: "The API does not answer",
      detail: "Check your connection and try again.",
    });
  }
}

interface ProblemDocument {
  title?: string;
  detail?: string;
  field?: string;
  message?: string;
  errors?: { field: string; detail: string }[];
}

function sentence(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([field, detail]) => `${field}: ${detail}`)
    .join("; ");
}

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new Problem({ status: 0, title: "Something went wrong on this page", detail });
}
