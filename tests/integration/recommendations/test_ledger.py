"""The coverage ledger as people ask it: why was this flagged, or why not."""

from typing import Any

import pytest
from stored_bills import ACCOUNT, NOW, Office

from cloudops.paging import BadCursorError
from cloudops.recommendations.coverage_ledger import LedgerFilter, LedgerLine, Source, list_lines, save
from cloudops.recommendations.models import Coverage, Verdict

VERDICTS = list(Verdict)


@pytest.fixture
def ledger(office: Office) -> Office:
    """Three checks of four resources in two accounts, and one line about a whole account."""
    lines = [
        line(check_id, account, resource, VERDICTS[(number + int(account[0])) % len(VERDICTS)])
        for check_id in ("EBS-01", "EBS-04", "EC2-01")
        for account in (ACCOUNT, "999999999999")
        for number, resource in enumerate(("r-1", "r-2"))
    ]
    save(office.connection, lines, Source.INVENTORY, now=NOW)
    save(office.connection, [line("TAG-01", ACCOUNT, None, Verdict.FLAGGED)], Source.BILL, now=NOW)
    return office


def line(check_id: str, account: str, resource: str | None, verdict: Verdict) -> Coverage:
    return Coverage(
        check_id=check_id,
        provider="aws",
        account_id=account,
        service=None,
        region="eu-west-1",
        resource_id=resource,
        verdict=verdict,
        reason=f"because of {verdict}",
    )


def listed(office: Office, *, limit: int = 100, cursor: str | None = None, **chosen: Any) -> list[LedgerLine]:
    return list(list_lines(office.connection, LedgerFilter(**chosen), limit=limit, cursor=cursor).items)


def test_a_line_says_what_was_concluded_and_why(ledger: Office) -> None:
    (found,) = listed(ledger, check_id="TAG-01")

    assert (found.account_id, found.resource_id, found.service) == (ACCOUNT, None, None)
    assert (found.region, found.source, found.verdict) == ("eu-west-1", "bill", "flagged")
    assert (found.reason, found.judged_at) == ("because of flagged", NOW)


def test_pages_hold_every_line_once_in_order(ledger: Office) -> None:
    everything, seen, cursor = listed(ledger), [], None
    while True:
        page = list_lines(ledger.connection, LedgerFilter(), limit=4, cursor=cursor)
        seen += page.items
        if (cursor := page.next_cursor) is None:
            break

    assert seen == everything
    assert len(seen) == 13
    assert [one.key.key for one in seen] == sorted(one.key.key for one in seen)


@pytest.mark.parametrize(
    "chosen",
    [
        {"check_id": "EBS-04"},
        {"verdict": "flagged"},
        {"account": ACCOUNT},
        {"resource": "r-2"},
        {"check_id": "EC2-01", "verdict": "fine", "account": ACCOUNT, "resource": "r-1"},
    ],
)
def test_lines_are_filtered(ledger: Office, chosen: dict[str, str]) -> None:
    columns = {"account": "account_id", "resource": "resource_id"}
    wanted = {columns.get(name, name): value for name, value in chosen.items()}

    expected = [
        one for one in listed(ledger) if all(getattr(one, name) == value for name, value in wanted.items())
    ]

    assert listed(ledger, **chosen) == expected


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0=", "W10="])
def test_a_cursor_of_another_list_is_refused(office: Office, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        listed(office, cursor=cursor)
