import { render, screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { ConfirmDialog } from "./confirm-dialog";

test("a sentence with a name in it stays one sentence", () => {
  const warned = vi.spyOn(console, "error");
  const name = "ann@acme.example";

  render(
    <ConfirmDialog title="Remove?" confirm="Remove" pending={false} onConfirm={vi.fn()} onCancel={vi.fn()}>
      The next call of {name} is refused.
    </ConfirmDialog>,
  );

  expect(screen.getByText("The next call of ann@acme.example is refused.")).toBeInTheDocument();
  expect(warned).not.toHaveBeenCalled();
});
