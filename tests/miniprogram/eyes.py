"""A page as it is drawn on a short and on a tall phone, looked at with weak eyes and thick gloves."""

import os
from pathlib import Path

from tests.miniprogram.phone import Phone

_RULES = (Path(__file__).parent / "looks.js").read_text("utf-8")
_PICTURES = os.environ.get("MINIPROGRAM_PICTURES", "")

SHORT = {"width": 375, "height": 667}
TALL = {"width": 390, "height": 844}


def look_at(phone: Phone, name: str) -> None:
    """The page on top can be read and hit on both; with MINIPROGRAM_PICTURES it is left there as pictures."""
    wrong: list[str] = []
    for size in (SHORT, TALL):
        phone.page.set_viewport_size(size)  # type: ignore[arg-type]
        phone.settle()
        if _PICTURES:
            phone.page.screenshot(path=f"{_PICTURES}/{name}-{size['width']}.png")
        wrong += phone.page.evaluate(_RULES)
    assert not wrong, "\n".join(sorted({f"{name}: {one}" for one in wrong}))
