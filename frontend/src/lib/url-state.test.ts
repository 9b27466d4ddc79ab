import { describe, expect, test } from "vitest";

import { parseSearch, stringifySearch, withChanges } from "./url-state";

describe("the address", () => {
  test("keeps values as texts, however much they look like numbers", () => {
    expect(parseSearch("?account=0700100&status=open")).toEqual({ account: "0700100", status: "open" });
  });

  test("survives being written and read again", () => {
    const search = { service: "Amazon EC2 & more", tag: "a=b" };

    expect(parseSearch(stringifySearch(search))).toEqual(search);
  });

  test("loses what is empty", () => {
    expect(stringifySearch({ status: "", cursor: undefined })).toBe("");
    expect(withChanges({ status: "open", cursor: "x" }, { cursor: undefined })).toEqual({ status: "open" });
  });
});
