"""Text and JSON that everything can hold."""

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from app.foundation.plain import holds_broken, in_words, is_broken, leaves, mend, mend_json, too_deep

any_text = st.text(alphabet=st.characters(exclude_categories=[]), max_size=20)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
steady = settings(derandomize=True, database=None, deadline=None)


@steady
@given(value=any_json)
def test_what_is_mended_can_be_held_by_everything(value: Any) -> None:
    mended = mend_json(value)
    assert not holds_broken(mended)
    small = [leaf for leaf in leaves(mended) if not isinstance(leaf, int) or abs(leaf) < 2**53]
    orjson.dumps(small)
    in_words(mended).encode()


@steady
@given(text=any_text)
def test_mending_changes_only_what_is_broken(text: str) -> None:
    assert len(mend(text)) == len(text)
    assert not is_broken(mend(text))
    assert is_broken(text) == (mend(text) != text)


def test_line_breaks_and_tabs_are_not_broken() -> None:
    assert mend("一\n二\t三\r") == "一\n二\t三\r"
    assert mend("a\x00b\x1b[0m\ud800") == "a\ufffdb\ufffd[0m\ufffd"


def test_names_and_values_come_in_their_order() -> None:
    assert in_words({"症状": ["胸痛", {"多久": 10}], "本人": True}) == "症状 胸痛 多久 10 本人 true"


def test_depth_is_measured_without_being_followed() -> None:
    deep: Any = "x"
    for _ in range(50_000):
        deep = [deep]
    assert too_deep(deep, 32)
    assert list(leaves(deep)) == ["x"]
    assert not too_deep({"a": {"b": [1]}}, 3)
    assert too_deep({"a": {"b": [1]}}, 2)
    assert not too_deep("x", 0)
