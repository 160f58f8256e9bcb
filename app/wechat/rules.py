"""How a value must look for each kind of keyword in a subscribe message: from any text to a valid one.

WeChat docs: a keyword's name is its kind and a number (`thing1`); a value that breaks its kind's
rule, or is empty, refuses the message with 47003. No value may hold a line break or a control
character. Lengths are in characters; whether WeChat counts 𠮷 as one or two is not said, so it counts as two
here.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime

from app.foundation.clock import SHANGHAI

_HAN = "\u4e00-\u9fff"
_NEVER = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SELECTORS = re.compile("[\ufe00-\ufe0f]")

_HOUR = r"(?:[01]?[0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?"
_DAY = r"(?P<y{0}>[0-9]{{4}})年(?P<m{0}>[0-9]{{1,2}})月(?P<d{0}>[0-9]{{1,2}})日"
_TIME_ONE = f"(?:{_DAY} )?{_HOUR}"
_TIME = re.compile(f"{_TIME_ONE.format(1)}(?:~{_TIME_ONE.format(2)})?")
_DATE_ONE = f"{_DAY}(?: {_HOUR})?"
_NUMERIC = re.compile("[0-9:]")
_ISO_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{2})[-/.]([0-9]{2})")
_DATE = re.compile(f"{_DATE_ONE.format(1)}(?:~{_DATE_ONE.format(2)})?")


def kind_of(key: str) -> str:
    """`thing1` is a `thing`, `phone_number6` a `phone_number`."""
    return key.rstrip("0123456789")


def fit(key: str, value: str, at: datetime) -> str:
    """The nearest valid value for this keyword; a valid one comes back as it is.

    `at` stands in where a time is wanted and the text holds none. The kinds `enum` and `const` have values
    of the template's own, which only its author knows; like unknown kinds they are treated as `thing`.
    """
    return _FITTERS.get(kind_of(key), _thing)(_tidy(value), at)


def time_text(moment: datetime) -> str:
    """A moment as `time` and `date` keywords want it, in Shanghai: `2026年11月22日 15:01`."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.year:04d}年{local.month}月{local.day}日 {local.hour:02d}:{local.minute:02d}"


def _tidy(text: str) -> str:
    """One line, single blanks, nothing invisible; symbols beyond the basic plane (emoji) are left out."""
    spaced = "".join(" " if c.isspace() else c for c in _SELECTORS.sub("", text))
    return " ".join("".join(c for c in spaced if _visible(c)).split())


def _visible(char: str) -> bool:
    kind = unicodedata.category(char)
    return kind not in _NEVER and (ord(char) < 0x10000 or kind == "Lo")


def _cut(text: str, longest: int) -> str:
    """At most that many UTF-16 units, with an ellipsis where something is missing."""
    if len(text.encode("utf-16-le")) // 2 <= longest:
        return text
    head = text[: longest - 1]
    while len(head.encode("utf-16-le")) // 2 > longest - 1:
        head = head[:-1]
    return head.rstrip() + "…"


def _thing(text: str, at: datetime) -> str:
    return _cut(text, 20) or "无"


def _only(allowed: str, longest: int, otherwise: str) -> Callable[[str, datetime], str]:
    """Keep the characters of a class, as many as may be."""
    unwanted = re.compile(f"[^{allowed}]")

    def keep(text: str, at: datetime) -> str:
        return unwanted.sub("", unicodedata.normalize("NFKC", text))[:longest] or otherwise

    return keep


def _first(pattern: str, otherwise: str, longest: int) -> Callable[[str, datetime], str]:
    """Take the first piece of the text that has the form; one too long is not cut into something false."""
    wanted = re.compile(pattern)

    def find(text: str, at: datetime) -> str:
        pieces = (m.group() for m in wanted.finditer(unicodedata.normalize("NFKC", text)))
        return next((piece for piece in pieces if len(piece) <= longest), otherwise)

    return find


def _character_string(text: str, at: datetime) -> str:
    ascii_only = "".join(c if "!" <= c <= "~" else " " for c in unicodedata.normalize("NFKC", text))
    return "-".join(ascii_only.split())[:32] or "-"


def _name(text: str, at: datetime) -> str:
    """Chinese names have ten characters, others twenty; a mixed one counts as Chinese."""
    kept = re.sub(f"[^{_HAN}A-Za-z·.'-]", "", text.replace(" ", "·"))
    chinese = re.search(f"[{_HAN}]", kept)
    return kept[: 10 if chinese else 20] or "用户"


def _moment(form: re.Pattern[str]) -> Callable[[str, datetime], str]:
    """A valid time or date as it is, else one found in the text, else an ISO one rewritten, else `at`."""

    def find(text: str, at: datetime) -> str:
        plain = text.replace("～", "~").replace("：", ":")
        whole = form.fullmatch(plain)
        if whole and _real_days(whole):
            return plain
        return _from_iso(plain) or _inside(form, plain) or time_text(at)

    return find


def _inside(form: re.Pattern[str], text: str) -> str | None:
    for found in form.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        torn_out = _NUMERIC.search(before[-1:]) or _NUMERIC.search(after[:1])
        if not torn_out and _real_days(found):
            return found.group()
    return None


def _from_iso(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
        return time_text(moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI))
    except (ValueError, OverflowError):
        return None


def _date(text: str, at: datetime) -> str:
    """WeChat also takes `2026-11-22` and its like; one way of writing is enough."""
    return _any_date(_ISO_DAY.sub(r"\1年\2月\3日", text) if _ISO_DAY.fullmatch(text) else text, at)


def _real_days(match: re.Match[str]) -> bool:
    """Whether the days named exist: the thirty-first of February has the right form."""
    parts = match.groupdict()
    try:
        for n in ("1", "2"):
            if parts["y" + n]:
                date(int(parts["y" + n]), int(parts["m" + n]), int(parts["d" + n]))
    except ValueError:
        return False
    return True


_any_date = _moment(_DATE)

_FITTERS: dict[str, Callable[[str, datetime], str]] = {
    "thing": _thing,
    "number": _first(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)?(?![0-9.])", "0", 32),
    "letter": _only("A-Za-z", 32, "NA"),
    "symbol": _only(r"!-/:-@\[-`{-~", 5, "-"),
    "character_string": _character_string,
    "time": _moment(_TIME),
    "date": _date,
    "amount": _first(r"(?<![0-9.])[¥$€£]?[0-9]{1,8}(?:\.[0-9]{1,2})?元?(?![0-9.])", "0", 13),
    "phone_number": _only(r"0-9+()*#-", 17, "-"),
    "car_number": _first(f"[{_HAN}]?[A-Za-z0-9]{{1,7}}[{_HAN}]?", "无", 8),
    "name": _name,
    "phrase": _only(_HAN, 5, "请查看"),
}
