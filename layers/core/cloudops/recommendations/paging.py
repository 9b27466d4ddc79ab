"""Pages of recommendations, the largest saving first."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from uuid import UUID

from cloudops.paging import BadCursorError, Page
from cloudops.recommendations.life import Recommendation


@dataclass(frozen=True, kw_only=True)
class Position:
    """After a row of the list sorted by savings, largest first, then id."""

    savings: Decimal
    id: UUID

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([str(self.savings), str(self.id)]).encode()).decode()

    @staticmethod
    def decode(text: str) -> "Position":
        try:
            savings, row_id = json.loads(base64.urlsafe_b64decode(text.encode()))
            amount = Decimal(savings)
            if not amount.is_finite():
                raise BadCursorError
            return Position(savings=amount, id=UUID(row_id))
        except (ValueError, TypeError, AttributeError, binascii.Error, InvalidOperation) as error:
            raise BadCursorError from error


def page_of(rows: Sequence[Recommendation], limit: int) -> Page[Recommendation]:
    """Of `limit` + 1 rows asked for, show `limit` and say where the next page begins."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page(items=shown, next_cursor=after(shown[-1]).encode() if more else None)


def after(row: Recommendation) -> Position:
    return Position(savings=row.monthly_savings or Decimal(0), id=row.id)
