"""The people of the tests, by the subjects of their tokens. The tokens of events/*.json name the first tenant's."""

from dataclasses import dataclass
from uuid import UUID

ACME = UUID("ac3e0000-0000-4000-8000-000000000001")
GLOBEX = UUID("910bec00-0000-4000-8000-000000000002")


@dataclass(frozen=True, kw_only=True)
class Person:
    """`role` is the role in `tenant`; `also` is a second tenant, where the person views."""

    sub: str
    email: str
    role: str
    tenant: UUID = ACME
    also: UUID | None = None


ADMIN = Person(sub="a0000000-0000-4000-8000-00000000000a", email="ada@acme.example", role="admin")
OPERATOR = Person(sub="a0000000-0000-4000-8000-00000000000b", email="oscar@acme.example", role="operator")
VIEWER = Person(sub="a0000000-0000-4000-8000-00000000000c", email="vera@acme.example", role="viewer")
OUTSIDER = Person(
    sub="a0000000-0000-4000-8000-00000000000d", email="gus@globex.example", role="admin", tenant=GLOBEX
)
CONSULTANT = Person(
    sub="a0000000-0000-4000-8000-00000000000e", email="cleo@consult.example", role="operator", also=GLOBEX
)
STRANGER = Person(
    sub="a0000000-0000-4000-8000-00000000000f", email="sam@nowhere.example", role="in no tenant"
)
APPROVER = Person(sub="a0000000-0000-4000-8000-000000000010", email="abe@acme.example", role="approver")
MEMBERS = (ADMIN, APPROVER, OPERATOR, VIEWER, OUTSIDER, CONSULTANT)
