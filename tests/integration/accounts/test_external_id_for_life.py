"""An external id never changes over any sequence of edits."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloudops.accounts.models import ConnectionStatus, Verdict
from cloudops.accounts.use_cases import AccountConnectedError
from cloudops.errors import InvalidError
from cloudops.platform.etags import PreconditionFailedError
from tests.conftest import Database
from tests.integration.accounts.connecting import PROD, change, connect, disconnect, judge, show
from tests.integration.tenant import Tenant, open_tenant

ARNS = st.sampled_from(
    [f"arn:aws:iam::{account}:role/{name}" for account in (PROD, "9" * 12) for name in "ab"]
)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
EDITS = st.one_of(
    st.tuples(st.just("rename"), NAMES),
    st.tuples(st.just("regions"), st.lists(st.sampled_from(["eu-west-1", "us-east-1"]), min_size=1)),
    st.tuples(st.just("role"), ARNS),
    st.tuples(st.just("stale"), st.just("x")),
    st.tuples(st.just("connect again"), ARNS),
    st.tuples(st.just("verify"), st.sampled_from(list(ConnectionStatus))),
)


@pytest.fixture(scope="module")
def one_tenant(module_database: Database) -> Tenant:
    return open_tenant(module_database)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=st.lists(EDITS, max_size=12))
def test_an_external_id_never_changes(one_tenant: Tenant, edits: list[tuple[str, Any]]) -> None:
    account = connect(one_tenant)

    for edit in edits:
        apply(one_tenant, account.id, edit)
        assert show(one_tenant, account.id).external_id == account.external_id

    disconnect(one_tenant, account.id)
    assert show(one_tenant, account.id).external_id is None


def apply(tenant: Tenant, account_id: Any, edit: tuple[str, Any]) -> None:
    match edit:
        case "rename", name:
            change(tenant, account_id, name=name)
        case "regions", regions:
            change(tenant, account_id, regions=regions)
        case "role", arn:
            with suppress(InvalidError):
                change(tenant, account_id, role_arn=arn)
        case "stale", name:
            with pytest.raises(PreconditionFailedError):
                change(tenant, account_id, if_match='"old"', name=name)
        case "connect again", arn:
            with pytest.raises((AccountConnectedError, InvalidError)):
                connect(tenant, role_arn=arn)
        case "verify", status:
            judge(tenant, account_id, Verdict(status=status))
