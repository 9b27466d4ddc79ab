import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";

import { problemOf } from "@/lib/api/problem";

interface Notification {
  id: string;
  type: FlashbarProps.Type;
  header: string;
  content?: ReactNode;
}

interface Notifications {
  shown: readonly Notification[];
  tell: (told: Omit<Notification, "id">) => void;
  /** Says what failed and why, in the words of the API. */
  tellProblem: (what: string, error: unknown) => void;
  dismiss: (id: string) => void;
}

const NotificationsContext = createContext<Notifications | null>(null);

export function NotificationsProvider({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<readonly Notification[]>([]);
  const dismiss = useCallback((id: string) => setShown((now) => now.filter((one) => one.id !== id)), []);
  const tell = useCallback(
    (told: Omit<Notification, "id">) =>
      setShown((now) => [{ ...told, id: crypto.randomUUID() }, ...now].slice(0, 3)),
    [],
  );
  const tellProblem = useCallback(
    (what: string, error: unknown) => {
      const problem = problemOf(error);
      tell({
        type: "error",
        header: what,
        content: [problem.title, problem.detail].filter(Boolean).join(": "),
      });
    },
    [tell],
  );
  const value = useMemo(() => ({ shown, tell, tellProblem, dismiss }), [shown, tell, tellProblem, dismiss]);
  return <NotificationsContext value={value}>{children}</NotificationsContext>;
}

export function useNotifications(): Notifications {
  const found = useContext(NotificationsContext);
  if (!found) throw new Error("there are no notifications around this component");
  return found;
}

/** Errors interrupt a screen reader, everything else waits for its turn. */
export function NotificationBar() {
  const { shown, dismiss } = useNotifications();
  const items = shown.map(({ id, type, header, content }): FlashbarProps.MessageDefinition => ({
    id,
    type,
    header,
    content,
    dismissible: true,
    dismissLabel: "Dismiss",
    onDismiss: () => dismiss(id),
    ariaRole: type === "error" ? "alert" : "status",
  }));
  return (
    <Flashbar
      items={items}
      i18nStrings={{
        ariaLabel: "Notifications",
        errorIconAriaLabel: "Error",
        successIconAriaLabel: "Success",
      }}
    />
  );
}
