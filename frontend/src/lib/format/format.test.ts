import { describe, expect, test } from "vitest";

import { span, timeOf } from "./dates";
import { readShortId, shortId } from "./ids";
import { money, percent, shortMoney, signedMoney, sumByCurrency } from "./money";

describe("money", () => {
  test.each([
    ["1234.5", "USD", "$1,234.50"],
    ["-12", "EUR", "-€12.00"],
    ["0", "USD", "$0.00"],
    ["0.0004", "USD", "<$0.01"],
    ["-0.0004", "USD", ">-$0.01"],
    ["1200", "JPY", "¥1,200"],
  ])("%s %s is %s", (amount, currency, text) => {
    expect(money(amount, currency)).toBe(text);
  });

  test("changes carry their sign", () => {
    expect(signedMoney("548.2", "USD")).toBe("+$548.20");
    expect(signedMoney("-3", "USD")).toBe("-$3.00");
    expect(signedMoney(0, "USD")).toBe("$0.00");
  });

  test("axes are short", () => {
    expect(shortMoney(71_322.24, "USD")).toBe("$71.3K");
    expect(shortMoney(0, "USD")).toBe("$0");
  });

  test("amounts of different currencies are never added", () => {
    const rows = [
      { cost: "1.5", in: "USD" },
      { cost: "2", in: "EUR" },
      { cost: "3", in: "USD" },
    ];

    const sums = sumByCurrency(rows, (row) => ({ amount: row.cost, currency: row.in }));

    expect([...sums]).toEqual([
      ["USD", 4.5],
      ["EUR", 2],
    ]);
  });

  test("shares are percent", () => {
    expect(percent(0.168)).toBe("16.8%");
  });
});

describe("ids", () => {
  const uuid = "ab020edb-7cf6-51d7-83b2-9b758408fd25";

  test("are the same wherever they stand, and can be typed", () => {
    expect(shortId("alert", uuid)).toBe("ALR-AB020EDB");
    expect(readShortId(" alr-ab020edb ")).toEqual({ kind: "alert", start: "ab020edb" });
  });

  test.each(["ALR-AB02", "XYZ-AB020EDB", "alerts"])("%s is none", (text) => {
    expect(readShortId(text)).toBeNull();
  });
});

describe("dates", () => {
  test("are UTC, wherever somebody sits", () => {
    expect(timeOf("2026-11-28T23:30:00-02:00")).toBe("29 Nov 2026, 01:30 UTC");
  });

  test("a window of one day is that day", () => {
    expect(span("2026-11-28T00:00:00Z", "2026-11-28T00:00:00Z")).toBe("28 Nov 2026");
  });
});
