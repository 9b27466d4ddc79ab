"""Holds an ingest at a point of its work until it is killed there, by triggers in its database.

The points lie in a table, so that they outlive a crash of the server, and are passed by taking them away.
"""

import time
from collections.abc import Callable
from typing import LiteralString

import psycopg

PUBLISHING = 99
SECONDS = 180
# Whoever is held keeps an advisory lock that tells where.
SET_UP: LiteralString = """
create table kill_points (loaded int not null);
grant select on kill_points to cloudops_app;

create function hold_at(point int) returns void language plpgsql as $$
begin
    while exists (select from kill_points where loaded = point) loop
        perform pg_try_advisory_xact_lock_shared(4242, point), pg_sleep(0.01);
    end loop;
end $$;

create function hold_loading() returns trigger language plpgsql as $$
begin
    perform hold_at((select count(*)::int from delivery_parts
                      where delivery_id = new.delivery_id and loaded_at is not null));
    return new;
end $$;
create trigger hold_loading before update of loaded_at on delivery_parts
    for each row execute function hold_loading();

create function hold_publishing() returns trigger language plpgsql as $$
begin
    perform hold_at(99);
    return new;
end $$;
create trigger hold_publishing before update of status on deliveries
    for each row when (new.status = 'current') execute function hold_publishing();
"""
HELD: LiteralString = """
select count(*) from pg_locks where locktype = 'advisory' and classid = 4242 and objid = %s::int::oid
"""


class KillPoints:
    """`dsn` is the superuser's: the application may not make triggers."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        with psycopg.connect(dsn) as connection:
            connection.execute(SET_UP)

    def hold_at(self, point: int) -> None:
        """Where as many parts are marked as loaded and the next one is about to be, or at PUBLISHING; only there."""
        with psycopg.connect(self._dsn) as connection:
            connection.execute("delete from kill_points")
            connection.execute("insert into kill_points select %s", [point])

    def let_pass(self) -> None:
        with psycopg.connect(self._dsn) as connection:
            connection.execute("delete from kill_points")

    def wait(self, point: int, *, keep_going: Callable[[], None]) -> None:
        """Returns when somebody is held there. `keep_going` is called until then, to start again what gave up."""
        deadline = time.monotonic() + SECONDS
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            while connection.execute(HELD, [point]).fetchone() == (0,):
                assert time.monotonic() < deadline, f"nobody came to {point}"
                keep_going()
                time.sleep(0.02)
