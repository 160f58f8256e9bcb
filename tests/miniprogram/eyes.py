"""A page as it is drawn on a short and on a tall phone, looked at with weak eyes and thick gloves."""

import os
from pathlib import Path

from tests.miniprogram.phone import SMALL, Phone

_RULES = (Path(__file__).parent / "looks.js").read_text("utf-8")
_PICTURES = os.environ.get("MINIPROGRAM_PICTURES", "")

SHORT = {"width": 375, "height": 667}
TALL = {"width": 390, "height": 844}


def look_at(phone: Phone, name: str) -> None:
    """The page on top can be read and hit: on both sizes, at night, on the narrowest, in large letters.

    With MINIPROGRAM_PICTURES it is left there as pictures.
    """
    wrong: list[str] = []
    for size in (SHORT, TALL):
        wrong += _look(phone, f"{name}-{size['width']}", size)
    phone.page.emulate_media(color_scheme="dark")
    wrong += _look(phone, f"{name}-night", SHORT)
    phone.page.emulate_media(color_scheme="light")
    wrong += _look(phone, f"{name}-narrow", SMALL)
    phone.change(fontSize=23)
    phone.look_again()
    wrong += _look(phone, f"{name}-big", SHORT)
    phone.change(fontSize=16)
    phone.look_again()
    phone.settle()
    assert not wrong, "\n".join(sorted(set(wrong)))


def _look(phone: Phone, name: str, size: dict[str, int]) -> list[str]:
    phone.page.set_viewport_size(size)
    phone.settle()
    if _PICTURES:
        phone.page.screenshot(path=f"{_PICTURES}/{name}.png")
    return [f"{name}: {wrong}" for wrong in phone.page.evaluate(_RULES)]
