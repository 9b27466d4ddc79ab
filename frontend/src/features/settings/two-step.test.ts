import { expect, test } from "vitest";

import { codeOf, enrollmentUri, grouped } from "./two-step";

test("an app reads product, address and key", () => {
  expect(enrollmentUri("ann+x@acme.example", "ABCD2345")).toBe(
    "otpauth://totp/CloudOps%3Aann%2Bx%40acme.example?secret=ABCD2345&issuer=CloudOps",
  );
});

test.each([
  ["ABCDEFGH", "ABCD EFGH"],
  ["ABCDEFGHIJ", "ABCD EFGH IJ"],
  ["", ""],
])("a key is read in fours: %s", (key, shown) => {
  expect(grouped(key)).toBe(shown);
});

test.each([
  ["123456", "123456"],
  ["123 456 ", "123456"],
  ["12345", null],
  ["1234567", null],
  ["12345a", null],
  ["", null],
])("a code has six digits: %j", (typed, code) => {
  expect(codeOf(typed)).toBe(code);
});
