import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Children, type ReactNode } from "react";

import { ProblemAlert } from "./feedback/problem-alert";

interface ConfirmDialogProps {
  title: string;
  /** The verb of the button, e.g. "Delete". */
  confirm: string;
  /** While something is missing. */
  disabled?: boolean;
  pending: boolean;
  problem?: unknown;
  onConfirm: () => void;
  onCancel: () => void;
  /** What follows from it, or the fields of what is done. */
  children: ReactNode;
}

/** Asks once more, or for what is missing. Mount it while it is open. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { title, confirm, disabled, pending, problem, onConfirm, onCancel, children } = props;
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onCancel}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onCancel}>
              Cancel
            </Button>
            <Button variant="primary" loading={pending} disabled={disabled} onClick={onConfirm}>
              {confirm}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {isProse(children) ? <div>{children}</div> : children}
        {problem !== undefined && problem !== null && <ProblemAlert error={problem} />}
      </SpaceBetween>
    </Modal>
  );
}

/** The space between fields would stand between the pieces of a sentence, too. */
function isProse(children: ReactNode): boolean {
  return Children.toArray(children).some((child) => typeof child === "string");
}
