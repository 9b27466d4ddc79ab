"""Answers of Cost Explorer's GetCostAndUsage: daily, by service and, where it was asked for, by linked account.

Shape: docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal

from cloudops.costs.formats.errors import DamagedFileError, ExportRefusedError, InvalidCellError, NoRowsError
from cloudops.costs.formats.models import CHARGE_COLUMNS
from cloudops.period import first_of_month

Metric = Literal["UnblendedCost", "AmortizedCost", "NetUnblendedCost"]
METRICS: tuple[Metric, ...] = ("UnblendedCost", "AmortizedCost", "NetUnblendedCost")
SIGN = b'"ResultsByTime"'
# An answer for a year of a large organisation takes some 30 MB.
LARGEST = 256 * 1024**2
UNKNOWN_ACCOUNT = "unknown"
"""The account of what was not grouped by account."""
TAX = "Tax"
NULL = r"\N"


class GroupingError(ExportRefusedError):
    """The answer is not grouped by service and day."""


class IncompleteAnswerError(ExportRefusedError):
    """The answer is one page of several."""


@dataclass(frozen=True, kw_only=True)
class ServiceCost:
    """What one service of one account cost on one UTC day; a cost that was not asked for is None."""

    day: date
    account_id: str
    account_name: str | None
    service: str
    currency: str
    unblended: Decimal
    amortized: Decimal | None
    net_unblended: Decimal | None
    estimated: bool

    @property
    def charge_category(self) -> str:
        """Cost Explorer shows taxes as a service; credits and refunds lie hidden in what they lessen."""
        return "Tax" if self.service == TAX else "Usage"

    def charge(self) -> dict[str, str]:
        """The columns of a charge that are known. The net cost is the one after negotiated discounts."""
        found = {
            "charge_date": self.day.isoformat(),
            "charge_start": f"{self.day} 00:00:00+00",
            "charge_end": f"{self.day + timedelta(days=1)} 00:00:00+00",
            "account_id": self.account_id,
            "provider": "aws",
            "service": self.service,
            "currency": self.currency,
            "charge_category": self.charge_category,
            "billed_cost": f"{self.unblended:f}",
            "effective_cost": f"{self.unblended if self.amortized is None else self.amortized:f}",
            "tags": "{}",
        }
        if self.account_name:
            found["account_name"] = self.account_name
        if self.net_unblended is not None:
            found["contracted_cost"] = f"{self.net_unblended:f}"
        return found


@dataclass(frozen=True, kw_only=True)
class MonthOfAnswer:
    """`totals` are added up from the answer itself, apart from the costs, to hold a load against."""

    period: date
    costs: Sequence[ServiceCost]
    totals: Mapping[str, Decimal]

    @property
    def estimated_days(self) -> list[date]:
        return sorted({one.day for one in self.costs if one.estimated})

    def csv(self) -> Iterator[bytes]:
        """Charges as CSV in the order of CHARGE_COLUMNS."""
        for one in self.costs:
            charge = one.charge()
            yield (",".join(cell(charge.get(name)) for name in CHARGE_COLUMNS) + "\n").encode()


def cell(value: str | None) -> str:
    if value is None:
        return NULL
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def is_answer(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and SIGN in content


def is_answer_file(path: Path) -> bool:
    """Whether a file is worth reading as an answer; a binary or a CSV is told by its first bytes."""
    with path.open("rb") as file:
        head = file.read(64)
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") or path.stat().st_size > LARGEST:
        return False
    return is_answer(path.read_bytes())


def read_answer(path: Path) -> list[MonthOfAnswer]:
    """The months in a recorded answer. Raises an ExportRefusedError that says what is wrong with it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise DamagedFileError("it is not whole JSON") from error
    if document.get("NextPageToken"):
        raise IncompleteAnswerError("NextPageToken is set: the pages after this one are missing")
    return months_of([document])


def months_of(pages: Sequence[Mapping[str, Any]]) -> list[MonthOfAnswer]:
    """The months in all pages of an answer, the earliest first."""
    by_month: dict[date, list[ServiceCost]] = defaultdict(list)
    try:
        for page in pages:
            for one in costs_of(page):
                by_month[first_of_month(one.day)].append(one)
        totals = totals_of(pages)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedFileError(f"it is no answer of GetCostAndUsage: {error!r}") from error
    if not by_month:
        raise NoRowsError("the answer holds no costs")
    return [
        MonthOfAnswer(period=period, costs=costs, totals=totals[period])
        for period, costs in sorted(by_month.items())
    ]


def costs_of(page: Mapping[str, Any]) -> Iterator[ServiceCost]:
    results = page["ResultsByTime"]
    keys = grouping_of(page) if results else []
    names = account_names(page.get("DimensionValueAttributes") or [])
    for result in results:
        day = day_of(result["TimePeriod"])
        for group in result["Groups"]:
            yield cost_of(group, keys, day=day, names=names, estimated=bool(result.get("Estimated")))


def grouping_of(page: Mapping[str, Any]) -> list[str]:
    keys = [one["Key"] for one in page.get("GroupDefinitions") or [] if one["Type"] == "DIMENSION"]
    strange = [one["Key"] for one in page.get("GroupDefinitions") or [] if one["Key"] not in keys]
    if "SERVICE" not in keys or strange or set(keys) - {"SERVICE", "LINKED_ACCOUNT"}:
        raise GroupingError(
            f"it is grouped by {', '.join([*keys, *strange]) or 'nothing'}; ask for SERVICE and LINKED_ACCOUNT"
        )
    return keys


def account_names(attributes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {
        one["Value"]: one["Attributes"]["description"]
        for one in attributes
        if one.get("Attributes", {}).get("description")
    }


def day_of(period: Mapping[str, str]) -> date:
    try:
        start, end = date.fromisoformat(period["Start"]), date.fromisoformat(period["End"])
    except ValueError as error:
        raise GroupingError(f"{period['Start']} is no day; ask with the granularity DAILY") from error
    if end - start != timedelta(days=1):
        raise GroupingError(f"{start} to {end} is not one day; ask with the granularity DAILY")
    return start


def cost_of(
    group: Mapping[str, Any], keys: Sequence[str], *, day: date, names: Mapping[str, str], estimated: bool
) -> ServiceCost:
    found = dict(zip(keys, group["Keys"], strict=True))
    account = found.get("LINKED_ACCOUNT") or UNKNOWN_ACCOUNT
    amounts = {name: amount_of(group, name) for name in METRICS}
    unblended = amounts["UnblendedCost"]
    if unblended is None:
        raise InvalidCellError(f"{day}: {', '.join(group['Keys'])} has no UnblendedCost")
    return ServiceCost(
        day=day,
        account_id=account,
        account_name=names.get(account),
        service=text_of(found["SERVICE"]),
        currency=group["Metrics"]["UnblendedCost"]["Unit"],
        unblended=unblended,
        amortized=amounts["AmortizedCost"],
        net_unblended=amounts["NetUnblendedCost"],
        estimated=estimated,
    )


def text_of(value: str) -> str:
    if not value or "\0" in value:
        raise InvalidCellError("a service has no name, or one with a NUL character in it")
    return value


def amount_of(group: Mapping[str, Any], metric: Metric) -> Decimal | None:
    if metric not in group["Metrics"]:
        return None
    text = group["Metrics"][metric]["Amount"]
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise InvalidCellError(f"{metric} holds {text!r}, which is no number") from error
    if not amount.is_finite():
        raise InvalidCellError(f"{metric} holds {text!r}, which is no number")
    return amount


def totals_of(pages: Sequence[Mapping[str, Any]]) -> dict[date, dict[str, Decimal]]:
    totals: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for page in pages:
        for result in page["ResultsByTime"]:
            of_month = totals[date.fromisoformat(result["TimePeriod"]["Start"]).replace(day=1)]
            for group in result["Groups"]:
                cost = group["Metrics"]["UnblendedCost"]
                of_month[cost["Unit"]] = of_month.get(cost["Unit"], Decimal(0)) + Decimal(cost["Amount"])
    return totals
