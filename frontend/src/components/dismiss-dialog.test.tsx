import { render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { DismissDialog } from "./dismiss-dialog";

const TODAY = new Date("2026-11-29T23:30:00Z");

function show(props: Partial<Parameters<typeof DismissDialog>[0]> = {}) {
  const onConfirm = vi.fn();
  const onCancel = vi.fn();
  render(
    <DismissDialog
      title="Dismiss"
      consequence="It is gone for a while."
      pending={false}
      today={TODAY}
      onConfirm={onConfirm}
      onCancel={onCancel}
      {...props}
    />,
  );
  return { onConfirm, onCancel };
}

test("nothing is dismissed without a reason", async () => {
  const { onConfirm } = show();
  await userEvent.type(screen.getByRole("textbox"), "   ");

  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));

  expect(screen.getByText("Say why, so that others can follow.")).toBeInTheDocument();
  expect(onConfirm).not.toHaveBeenCalled();
});

test("a reason counts for 90 days unless another time is chosen", async () => {
  const { onConfirm } = show();
  await userEvent.type(screen.getByRole("textbox"), " Load test ");

  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));

  expect(onConfirm).toHaveBeenCalledWith({ reason: "Load test", until: "2027-02-27" });
});

test("of other periods the first one is offered", async () => {
  const { onConfirm } = show({ periods: [{ label: "Today", value: "1" }] });
  await userEvent.type(screen.getByRole("textbox"), "Release");

  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));

  expect(onConfirm).toHaveBeenCalledWith({ reason: "Release", until: "2026-11-30" });
});

test("without an expiry there is none to choose", async () => {
  const { onConfirm } = show({ withExpiry: false });
  await userEvent.type(screen.getByRole("textbox"), "Mended");

  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));

  expect(screen.queryByText("How long")).not.toBeInTheDocument();
  expect(onConfirm).toHaveBeenCalledWith({ reason: "Mended", until: null });
});

test("what the API refuses stands in the dialog", () => {
  show({ problem: new Error("no luck") });

  expect(screen.getByText(/no luck/)).toBeInTheDocument();
});
