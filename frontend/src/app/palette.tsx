import Modal from "@cloudscape-design/components/modal";
import { useRouter } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useDeferredValue, useId, useState } from "react";

import { useApi } from "@/lib/api/client";
import type { Screen } from "@/lib/screens";
import { useAppearance } from "@/lib/preferences";

import { type Command, commandsFor, found, pagesAsCommands } from "./commands";

interface PaletteProps {
  screens: readonly Screen[];
  onClose: () => void;
}

/** Type a page, an id or an action; arrows choose, Enter does it. */
export function Palette({ screens, onClose }: PaletteProps) {
  const router = useRouter();
  const api = useApi();
  const appearance = useAppearance();
  const listId = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const asked = useDeferredValue(text.trim());
  const things = useQuery({
    queryKey: ["palette", asked],
    queryFn: ({ signal }) => found(api, asked, signal),
    enabled: asked.length > 3,
  });
  const commands = commandsFor(
    asked,
    [...pagesAsCommands(screens), ...appearanceCommands(appearance)],
    things.data ?? [],
  );
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    if (command.href) router.history.push(command.href);
    command.run?.();
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setChosen((chosen + step + commands.length) % Math.max(commands.length, 1));
    }
    if (event.key === "Enter") run(commands[chosen]);
  };
  return (
    <Modal visible header="Search" closeAriaLabel="Close" onDismiss={onClose} size="medium">
      <input
        className="palette-input"
        role="combobox"
        aria-label="Search pages, ids and actions"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={commands[chosen] ? `${listId}-${chosen}` : undefined}
        placeholder="A page, an id such as ALR-AB020EDB, or an action"
        value={text}
        // The dialog was opened to type into it.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onChange={(event) => {
          setText(event.target.value);
          setChosen(0);
        }}
        onKeyDown={press}
      />
      <ul className="palette-list" role="listbox" id={listId} aria-label="Found">
        {commands.map((command, index) => (
          // Keys are pressed in the field, which keeps the focus.
          // eslint-disable-next-line jsx-a11y/click-events-have-key-events
          <li
            key={command.id}
            id={`${listId}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => run(command)}
            onMouseMove={() => setChosen(index)}
          >
            <span>{command.title}</span>
            <small>{command.kind}</small>
          </li>
        ))}
      </ul>
      {commands.length === 0 && (
        <p role="status">{things.isFetching ? "Looking ..." : "Nothing is called that."}</p>
      )}
    </Modal>
  );
}

function appearanceCommands({
  theme,
  setTheme,
  density,
  setDensity,
}: ReturnType<typeof useAppearance>): Command[] {
  const other = density === "compact" ? "comfortable" : "compact";
  const themes = (["system", "light", "dark"] as const).filter((one) => one !== theme);
  return [
    ...themes.map((one) => ({
      id: `theme-${one}`,
      kind: "Action",
      title: one === "system" ? "Follow the system's theme" : `Use the ${one} theme`,
      run: () => setTheme(one),
    })),
    {
      id: "density",
      kind: "Action",
      title: `Show rows ${other === "compact" ? "closer together" : "further apart"}`,
      run: () => setDensity(other),
    },
  ];
}
