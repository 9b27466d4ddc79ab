import "@/styles/base.css";

import { useAppliedAppearance } from "./appearance";

interface EntranceProps {
  title: string;
  detail: string;
  action?: { text: string; run: () => void };
}

/** What stands there while nobody is signed in, or nothing can be shown. */
export function Entrance({ title, detail, action }: EntranceProps) {
  useAppliedAppearance();
  return (
    <main className="entrance">
      <img src="/favicon.svg" alt="" width={40} height={40} />
      <h1>{title}</h1>
      <p>{detail}</p>
      {action && (
        <button type="button" onClick={action.run}>
          {action.text}
        </button>
      )}
    </main>
  );
}
