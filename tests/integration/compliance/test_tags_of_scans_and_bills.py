"""Where a scan and a bill both tell a resource's tags, the later look counts."""

from datetime import date
from pathlib import Path

import pytest

from tests.integration.bills import ACCOUNT, charge, write_bill
from tests.integration.compliance.tagged_estate import NOW, TAGGED, has
from tests.integration.intake import take_in
from tests.integration.tenant import Tenant

AUGUST = date(2026, 8, 1)
INSTANCE = "i-0123456789abcdef0"


@pytest.mark.parametrize(
    ("last_day", "tags"),
    [
        pytest.param(NOW.date(), TAGGED, id="a bill of the day of the scan, which is behind it"),
        pytest.param(date(2026, 8, 6), {"team": "search"}, id="a bill that goes on after the scan"),
    ],
)
def test_a_bill_replaces_what_a_scan_saw_only_where_it_is_the_later_look(
    tenant: Tenant, tmp_path: Path, last_day: date, tags: dict[str, str]
) -> None:
    has(tenant, INSTANCE, TAGGED, account_id=ACCOUNT, scanned_at=NOW)
    line = charge(last_day, 1, **{"resourceTags/user:team": "search"})
    write_bill(tmp_path, "a1", [[line]], month=AUGUST)

    take_in(tenant, tmp_path)

    assert tenant.value("select tags from resources where resource_id = %s", [INSTANCE]) == tags
