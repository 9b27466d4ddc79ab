from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudops.platform.etags import PreconditionFailedError, PreconditionRequiredError, etag_of, require_match

TAG = etag_of({"name": "prod", "id": UUID(int=1), "regions": ["eu-west-1"]})
FIELDS = st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text() | st.uuids())


@pytest.mark.parametrize("given_tag", [TAG, f'"other", {TAG}', f'{TAG},"other"', "*", " * ", f" {TAG} "])
def test_the_version_that_was_read_may_be_changed(given_tag: str) -> None:
    require_match(given_tag, TAG)


@pytest.mark.parametrize("given_tag", ['"other"', f"W/{TAG}", TAG.strip('"'), f'"{TAG}"', "W/*", TAG[:-1]])
def test_another_version_is_refused(given_tag: str) -> None:
    with pytest.raises(PreconditionFailedError) as refused:
        require_match(given_tag, TAG)

    assert refused.value.status == 412


@pytest.mark.parametrize("given_tag", [None, ""])
def test_who_does_not_say_what_he_read_is_asked_to(given_tag: str | None) -> None:
    with pytest.raises(PreconditionRequiredError) as refused:
        require_match(given_tag, TAG)

    assert refused.value.status == 428


@given(FIELDS, FIELDS)
def test_tags_are_equal_where_fields_are(one: dict[str, object], other: dict[str, object]) -> None:
    same = repr(sorted(one.items())) == repr(sorted(other.items()))

    assert (etag_of(one) == etag_of(other)) == same
    assert etag_of(one) == etag_of(dict(reversed(one.items())))
