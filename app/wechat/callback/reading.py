"""A pushed body, XML or JSON, as one plain object: bounded, without entities, without surprises."""

import json
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from app.foundation.plain import mend, too_deep

MOST_BYTES = 64 * 1024
"""The largest event that WeChat documents (a media verdict with its details) is a few KiB, sealed or not."""

_DEEPEST = 8


class Unreadable(Exception):
    """Neither the XML nor the JSON of a push."""


def read_message(raw: bytes) -> dict[str, Any]:
    """The message by its fields: text, or an object, or a list of these where a field came several times.

    Numbers and truth values of JSON become the text that XML would have carried, so that nobody has to ask
    which of the two it was. Unreadable for anything else.
    """
    message = _read_xml(raw) if raw.lstrip()[:1] == b"<" else _read_json(raw)
    if not isinstance(message, dict):
        raise Unreadable("no object")
    plain: dict[str, Any] = _as_text(message)
    return plain


def _read_json(raw: bytes) -> Any:
    try:
        sent = json.loads(raw.decode("utf-8"), parse_constant=_refuse, parse_float=str)
    except (ValueError, RecursionError):
        raise Unreadable("no JSON") from None
    if too_deep(sent, _DEEPEST):
        raise Unreadable("nested too deep")
    return sent


def _refuse(name: str) -> None:
    raise ValueError(name)


def _read_xml(raw: bytes) -> Any:
    parser = DefusedXMLParser(target=_Tree(), forbid_dtd=True)
    try:
        parser.feed(raw)
        return parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Unreadable("no XML") from None


class _Tree:
    """Builds objects of elements as they open and close, never deeper than a push is."""

    def __init__(self) -> None:
        self._open: list[tuple[dict[str, Any], list[str]]] = [({}, [])]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        if len(self._open) > _DEEPEST:
            raise Unreadable("nested too deep")
        self._open.append(({}, []))

    def data(self, text: str) -> None:
        """Text, in pieces."""
        self._open[-1][1].append(text)

    def end(self, tag: str) -> None:
        """It closes: its children, or its text where it has none; a second one of the name makes a list."""
        children, text = self._open.pop()
        value: Any = children or "".join(text).strip()
        beside = self._open[-1][0]
        if tag not in beside:
            beside[tag] = value
        elif isinstance(beside[tag], list):
            beside[tag].append(value)
        else:
            beside[tag] = [beside[tag], value]

    def close(self) -> Any:
        """What the root element holds."""
        (root,) = self._open[0][0].values()
        return root


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {mend(name): _as_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else mend(str(value))
