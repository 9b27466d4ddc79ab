"""Forget the attribution of a delivery that goes. Apart from the rules, so that who prunes carries no RE2."""

from uuid import UUID

from cloudops.attribution import repository
from cloudops.platform.database import Connection


def forget_delivery(connection: Connection, delivery_id: UUID) -> None:
    repository.forget(connection, [delivery_id])
