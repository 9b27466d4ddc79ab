import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";

import { GO_TO } from "./shortcuts";

const KEYS = [
  { label: "Search pages, ids and actions", value: <Keys of={["Ctrl", "K"]} /> },
  { label: "Filter the list", value: <Keys of={["/"]} /> },
  ...Object.entries(GO_TO).map(([key, { name }]) => ({ label: name, value: <Keys of={["g", key]} /> })),
  { label: "This help", value: <Keys of={["?"]} /> },
];

export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  return (
    <Modal visible header="Keyboard shortcuts" closeAriaLabel="Close" onDismiss={onClose}>
      <KeyValuePairs columns={2} items={KEYS} />
    </Modal>
  );
}

function Keys({ of }: { of: readonly string[] }) {
  return (
    <>
      {of.map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </>
  );
}
