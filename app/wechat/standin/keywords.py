"""What WeChat accepts as the value of a subscribe message's keyword.

Written from WeChat's own table, on purpose without a look at what the service does to fit its values: the two
check each other in the tests.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

_CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
_CHINESE_DAY = "[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
_OTHER_DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,2}"
_SHORT_DAY = r"[0-9]{4}-[0-9]{1,2}|[0-9]{1,2}-[0-9]{1,2}"


def complaint(key: str, value: object) -> str | None:
    """What is wrong, in WeChat's words (`is empty`, `invalid`), or None."""
    if not isinstance(value, str):
        return "invalid"
    if not value.strip():
        return "is empty"
    kind = key.rstrip("0123456789")
    rule = _RULES.get(kind, _up_to_20)
    printable = all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in value)
    return None if printable and rule(value) else "invalid"


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _up_to_20(value: str) -> bool:
    return len(value) <= 20


def _time(value: str) -> bool:
    return all(_one_time(part) for part in value.split("~", 1))


def _one_time(part: str) -> bool:
    return bool(re.fullmatch(f"({_CHINESE_DAY} )?{_CLOCK}", part)) and _days_exist(part)


def _date(value: str) -> bool:
    return all(_one_date(part) for part in value.split("~", 1))


def _one_date(part: str) -> bool:
    form = f"({_CHINESE_DAY}|{_OTHER_DAY}|{_SHORT_DAY})( {_CLOCK})?"
    return bool(re.fullmatch(form, part)) and _days_exist(part)


def _days_exist(part: str) -> bool:
    day = re.match("([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日", part)
    if day is None:
        return True
    try:
        datetime(int(day[1]), int(day[2]), int(day[3]))  # noqa: DTZ001 - a calendar day, no moment
    except ValueError:
        return False
    return True


def _name(value: str) -> bool:
    if any("\u4e00" <= c <= "\u9fff" for c in value):
        return len(value) <= 10 and not re.search(r"[0-9\s]", value)
    return bool(re.fullmatch(r"[A-Za-z·!-/:-@\[-`{-~]{1,20}", value))


_RULES: dict[str, Callable[[str], bool]] = {
    "thing": _up_to_20,
    "number": lambda value: len(value) <= 32 and bool(re.fullmatch(r"[0-9]+(\.[0-9]+)?", value)),
    "letter": _matches("[A-Za-z]{1,32}"),
    "symbol": lambda value: len(value) <= 5 and all(unicodedata.category(c)[0] in "PS" for c in value),
    "character_string": _matches("[!-~]{1,32}"),
    "time": _time,
    "date": _date,
    "amount": _matches(r"[^0-9A-Za-z\s]?[0-9]{1,10}(\.[0-9]+)?元?"),
    "phone_number": _matches(r"[0-9!-/:-@]{1,17}"),
    "car_number": _matches(r"[\u4e00-\u9fffA-Za-z0-9]([A-Za-z0-9]{0,6}[\u4e00-\u9fffA-Za-z0-9])?"),
    "name": _name,
    "phrase": _matches("[\u4e00-\u9fff]{1,5}"),
}
