"""Any list as CSV: the same items that JSON carries, for whoever asks by `Accept: text/csv`."""

import csv
import io
import json
import re
from typing import Any

# Spreadsheets take the full-width forms of the first four for the same.
FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def as_csv(event: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    """Replace a list's JSON body by CSV where the request prefers it; other answers pass unchanged.

    The cursor of the next page travels in the `X-Next-Cursor` header.
    """
    if response["statusCode"] != 200 or not wants_csv(event):
        return response
    body = json.loads(response["body"])
    if not isinstance(body, dict) or not isinstance(body.get("items"), list):
        return response
    headers = {**response.get("multiValueHeaders", {}), "Content-Type": ["text/csv; charset=utf-8"]}
    if body.get("next_cursor"):
        headers["X-Next-Cursor"] = [body["next_cursor"]]
    return {**response, "multiValueHeaders": headers, "body": rows_of(body["items"])}


def wants_csv(event: dict[str, Any]) -> bool:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return "text/csv" in (headers.get("accept") or "")


def rows_of(items: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    columns = list(dict.fromkeys(name for item in items for name in item))
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(map(cell, columns))
    writer.writerows([cell(item.get(name)) for name in columns] for item in items)
    return out.getvalue()


def cell(value: Any) -> str:
    """Text as it is, but what a spreadsheet would run as a formula begins with an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text) else text
