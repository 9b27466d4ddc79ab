import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

interface CodeBlockProps {
  /** What it is, e.g. "Trust policy". */
  title: string;
  text: string;
}

/** Something to be copied as it is. */
export function CodeBlock({ title, text }: CodeBlockProps) {
  return (
    <figure className="code">
      <figcaption>
        <Box variant="strong">{title}</Box>
        <CopyToClipboard
          copyButtonText="Copy"
          copyButtonAriaLabel={`Copy ${title}`}
          copySuccessText="Copied"
          copyErrorText="Not copied"
          textToCopy={text}
        />
      </figcaption>
      {/* Who uses the keyboard has to be able to scroll it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre tabIndex={0} aria-label={title}>
        {text}
      </pre>
    </figure>
  );
}
