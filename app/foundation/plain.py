"""Text and JSON that every table, screen and log can hold."""

import json
import re
from collections.abc import Iterator
from typing import Any

_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def is_broken(text: str) -> bool:
    """Whether it holds control characters (line breaks and tabs are none) or lone surrogates."""
    return _BROKEN.search(text) is not None


def mend(text: str) -> str:
    """The same with U+FFFD for what is broken."""
    return _BROKEN.sub("\ufffd", text)


def mend_json(value: Any) -> Any:
    """JSON with every text in it mended, and numbers that are none as text. Not for anything `too_deep`."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, dict):
        return {mend(name): mend_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [mend_json(inner) for inner in value]
    return str(value) if isinstance(value, float) and value - value != 0 else value


def holds_broken(value: Any) -> bool:
    """Whether any text in this JSON is broken."""
    return any(isinstance(leaf, str) and is_broken(leaf) for leaf in leaves(value))


def in_words(value: Any) -> str:
    """JSON as somebody in a hurry reads it: names and values in their order, without brackets."""
    return " ".join(leaf if isinstance(leaf, str) else json.dumps(leaf) for leaf in leaves(value))


def leaves(value: Any) -> Iterator[Any]:
    """The names and single values of JSON in their order, however deep it is."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            waiting += [part for pair in reversed(item.items()) for part in reversed(pair)]
        elif isinstance(item, list):
            waiting += reversed(item)
        else:
            yield item


def too_deep(value: Any, most: int) -> bool:
    """Whether lists and objects are nested more than `most` levels."""
    level = [value]
    for _ in range(most + 1):
        level = [inner for item in level if isinstance(item, dict | list) for inner in _inside(item)]
        if not level:
            return False
    return True


def _inside(item: dict[str, Any] | list[Any]) -> list[Any]:
    return list(item.values()) if isinstance(item, dict) else item
