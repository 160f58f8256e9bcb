"""Rules of URLs that are compiled once: every test makes an app of its own, all with the same 270 rules."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_compile: Callable[[Rule, bool], Any] = Rule._compile_builder
_compiled: dict[tuple[object, ...], Any] = {}


def compile_rules_once() -> None:
    """Let werkzeug remember the functions that build URLs: making them is nine tenths of making an app.

    They know nothing of their rule but what stands in the key; a rule with defaults is compiled as ever.
    """
    Rule._compile_builder = _remembered


def _remembered(rule: Rule, append_unknown: bool = True) -> Any:
    if rule.defaults:
        return _compile(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile(rule, append_unknown)
    return _compiled[key]
