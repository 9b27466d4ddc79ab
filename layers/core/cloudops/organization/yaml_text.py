"""YAML as people write it, read without running anything: mappings, lists and text, and nothing else.

Every scalar is text, so that `no` and `1.10` are names like any other; an empty one is null. Tags and aliases are
refused: the first could make anything, the second grow without bounds.
"""

from collections.abc import Iterator
from typing import Any

import yaml

from cloudops.errors import InvalidError

LONGEST = 2_000_000
DEEPEST = 24
NULLS = ("", "~", "null", "Null", "NULL")
Path = tuple[str, ...]


class UnreadableDocumentError(InvalidError):
    """The document cannot be read."""


def documents(text: str) -> list[Any]:
    """Each of the documents in `text`. Raises UnreadableDocumentError with the field and the line."""
    if len(text) > LONGEST:
        raise UnreadableDocumentError(f"it is longer than {LONGEST} characters", field="content")
    try:
        return list(Reader(yaml.parse(text, Loader=yaml.CSafeLoader)).documents())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f" in line {mark.line + 1}" if mark else ""
        raise UnreadableDocumentError(
            f"{error.problem or 'it is no YAML'}{place}", field="content"
        ) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise UnreadableDocumentError(
            "it holds characters that YAML does not have", field="content"
        ) from error


class Reader:
    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    def documents(self) -> Iterator[Any]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                yield self._node(next(self._events), ())

    def _node(self, event: Any, path: Path) -> Any:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise refused("write it out: anchors and aliases are not read", path, event)
        if event.tag:
            raise refused("tags are not read", path, event)
        if len(path) > DEEPEST:
            raise refused(f"it is nested more than {DEEPEST} deep", path[:1], event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        return text_of(event, path)

    def _list(self, path: Path) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._node(event, (*path, str(len(found)))))
        return found

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, path)
            if not isinstance(key, str):
                raise refused("a key has to be text", path, event)
            if key in found:
                raise refused("it is there twice", (*path, key), event)
            found[key] = self._node(next(self._events), (*path, key))
        return found


def text_of(event: Any, path: Path) -> str | None:
    plain, _ = event.implicit
    text: str = event.value
    if plain and text in NULLS:
        return None
    if "\0" in text:
        raise refused("text may not hold the character NUL", path, event)
    return text


def refused(reason: str, path: Path, event: Any) -> UnreadableDocumentError:
    line = event.start_mark.line + 1
    return UnreadableDocumentError(f"{reason} (line {line})", field=".".join(path) or "content")


class Dumper(yaml.SafeDumper):
    """Writes text that any reader takes for the same text."""


def quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Outside of double quotes PyYAML writes NEXT LINE as it is, and readers fold it to a blank.
    style = '"' if "\x85" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, quoted)


def written(document: dict[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110))
