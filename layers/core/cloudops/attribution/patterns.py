"""Patterns of tag rules: RE2, whose time is linear in the text, so that nobody's pattern can stall a job."""

import re

import re2

from cloudops.errors import InvalidError

MAXIMUM_LENGTH = 500
MAXIMUM_MEMORY = 1 << 20
LOOKAROUND = re.compile(r"\(\?<?[=!]")
BACKREFERENCE = re.compile(r"(?<!\\)(\\\\)*(\\[1-9]|\(\?P=)")
GROUP = re.compile(r"\\([0-9])")


class BadPatternError(InvalidError):
    """The pattern cannot be used."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, field="pattern")


def compiled(pattern: str) -> "re2._Regexp":
    if len(pattern) > MAXIMUM_LENGTH:
        raise BadPatternError(f"a pattern has {MAXIMUM_LENGTH} characters at most")
    options = re2.Options()
    options.max_mem = MAXIMUM_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise BadPatternError(reason(pattern, error.args[0])) from error


def reason(pattern: str, told: bytes | str) -> str:
    if LOOKAROUND.search(pattern):
        return "RE2 has no lookahead and no lookbehind, since they take time without bound"
    if BACKREFERENCE.search(pattern):
        return "RE2 has no backreferences, since they take time without bound"
    text = told.decode(errors="replace") if isinstance(told, bytes) else told
    if "too large" in text:
        return f"the pattern takes more than {MAXIMUM_MEMORY >> 20} MB"
    return text


def groups_of(template: str) -> int:
    """The highest group that a template names."""
    return max((int(number) for number in GROUP.findall(template)), default=0)


def check_template(template: str, pattern: str | None) -> None:
    """A template may name the whole value (\\0) and the groups that its pattern has."""
    there = compiled(pattern).groups if pattern else 0
    if groups_of(template) > there:
        raise InvalidError(f"the pattern has {there} group(s)", field="normalized_value")


def expanded(template: str, groups: list[str]) -> str:
    return GROUP.sub(lambda found: groups[int(found[1])], template)
