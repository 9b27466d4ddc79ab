import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";

import { InMemoryApi, problem } from "@/testing/in-memory-api";
import { renderScreen } from "@/testing/render-screen";

import { ListScreen } from "./list-screen";
import { useList } from "./use-list";

const LIST = "GET /api/v1/alerts";
const ROW = { id: "ab020edb-0000-4000-8000-000000000001", title: "EC2 is dear", severity: "high" };

function Alerts() {
  const list = useList({
    name: "alerts",
    path: "/api/v1/alerts",
    filters: [{ key: "severity", label: "Severity", values: ["high", "low"] }],
  });
  return (
    <ListScreen
      list={list}
      noun="alerts"
      title="Alerts"
      columns={[{ id: "title", header: "Alert", isRowHeader: true, cell: ({ title }) => title }]}
      rowId={({ id }) => id}
      empty="Nothing was ever flagged."
    />
  );
}

let api: InMemoryApi;

beforeEach(() => {
  localStorage.clear();
  api = new InMemoryApi().on(LIST, () => ({ items: [ROW], next_cursor: null }));
});

function show(at = "/alerts") {
  return renderScreen(Alerts, { api, path: "/alerts", at });
}

describe("the states of a list", () => {
  test("it says that it loads, and then shows rows", async () => {
    const answered = Promise.withResolvers<unknown>();
    api.on(LIST, () => answered.promise);
    show();
    expect(await screen.findByText("Loading alerts")).toBeInTheDocument();

    answered.resolve({ items: [ROW], next_cursor: null });

    expect(await screen.findByText("EC2 is dear")).toBeInTheDocument();
    expect(screen.queryByText("Loading alerts")).not.toBeInTheDocument();
  });

  test("where there is nothing it says what that means", async () => {
    api.on(LIST, () => ({ items: [], next_cursor: null }));
    show();

    expect(await screen.findByText("Nothing was ever flagged.")).toBeInTheDocument();
  });

  test("where nothing matches the filters can be cleared", async () => {
    api.on(LIST, ({ query }) => ({ items: query["severity"] ? [] : [ROW], next_cursor: null }));
    const { address } = show("/alerts?severity=low");

    await userEvent.click(await screen.findByRole("button", { name: "Clear filters" }));

    expect(await screen.findByText("EC2 is dear")).toBeInTheDocument();
    expect(address()).toBe("/alerts");
  });

  test("a refusal is shown in the API's words, and tried again on request", async () => {
    api.refuse(LIST, 503, "The database is down");
    show();
    expect(await screen.findByText(/The database is down/)).toBeInTheDocument();

    api.on(LIST, () => ({ items: [ROW], next_cursor: null }));
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));

    expect(await screen.findByText("EC2 is dear")).toBeInTheDocument();
    expect(screen.queryByText(/The database is down/)).not.toBeInTheDocument();
  });
});

describe("the address", () => {
  test("filters, cursor and page size go to the API, and nothing else of it", async () => {
    show("/alerts?severity=high&cursor=abc&by=team");

    await screen.findByText("EC2 is dear");

    expect(api.of(LIST).map(({ query }) => query)).toEqual([
      { severity: "high", limit: "25", cursor: "abc" },
    ]);
  });

  test("a filter that is taken away leaves the address, and the way back brings it again", async () => {
    const { address, history } = show("/alerts?severity=high&cursor=abc");
    await screen.findByText("EC2 is dear");

    await userEvent.click(screen.getByRole("button", { name: /Remove filter/ }));
    await waitFor(() => expect(address()).toBe("/alerts"));
    history.back();

    await waitFor(() => expect(address()).toBe("/alerts?severity=high&cursor=abc"));
    expect(await screen.findByRole("button", { name: /Remove filter/ })).toBeInTheDocument();
  });

  test("a next page is asked for by the cursor of this one", async () => {
    api.on(LIST, ({ query }) =>
      query["cursor"] === "second"
        ? { items: [{ ...ROW, id: "2", title: "S3 is dear" }], next_cursor: null }
        : { items: [ROW], next_cursor: "second" },
    );
    const { address } = show();
    await screen.findByText("EC2 is dear");

    await userEvent.click(screen.getByRole("button", { name: "Next page" }));

    expect(await screen.findByText("S3 is dear")).toBeInTheDocument();
    expect(address()).toBe("/alerts?cursor=second");
  });
});

describe("saved views", () => {
  const VIEW = {
    id: "v",
    list: "alerts",
    name: "Dear ones",
    query: "severity=high",
    visibility: "private",
    pinned: true,
    mine: true,
    etag: '"1"',
  };

  test("a pinned one puts its filters into the address", async () => {
    api.on("GET /api/v1/saved-views", () => ({ items: [VIEW], next_cursor: null }));
    const { address } = show("/alerts?severity=low");

    await userEvent.click(await screen.findByRole("button", { name: "View Dear ones" }));

    await waitFor(() => expect(address()).toBe("/alerts?severity=high"));
  });

  test("saving one sends the filters without the place in the list", async () => {
    api.on("POST /api/v1/saved-views", () => VIEW);
    show("/alerts?severity=high&cursor=abc");

    await save("Dear ones");

    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(api.of("POST /api/v1/saved-views").map(({ body }) => body)).toEqual([
      {
        list: "alerts",
        name: "Dear ones",
        query: "severity=high",
        visibility: "private",
        team_id: null,
        pinned: false,
      },
    ]);
  });

  test("a name that is taken is told in the dialog, which stays", async () => {
    api.on("POST /api/v1/saved-views", () => problem(409, "You have a view under that name"));
    show("/alerts?severity=high");

    await save("Dear ones");

    expect(await screen.findByText(/You have a view under that name/)).toBeInTheDocument();
    expect(screen.getByRole("dialog")).toBeInTheDocument();
  });

  async function save(name: string) {
    await userEvent.click(await screen.findByRole("button", { name: "Views" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: /Save as/ }));
    await userEvent.type(await screen.findByLabelText("Name"), name);
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
  }
});
