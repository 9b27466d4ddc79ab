import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

interface CopyableProps {
  /** What is copied, e.g. an ARN. */
  text: string;
  /** What stands there, where that is something else. */
  children?: string;
}

const LONGEST = 28;

/** An id with a button that copies it; of a long one the middle is left out. */
export function Copyable({ text, children }: CopyableProps) {
  return (
    <CopyToClipboard
      variant="inline"
      copyButtonAriaLabel={`Copy ${text}`}
      copySuccessText="Copied"
      copyErrorText="Not copied"
      textToCopy={text}
      textToDisplay={children ?? shortened(text)}
    />
  );
}

export function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const half = Math.floor((LONGEST - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}
