"""The posters, judged by what a camera and an eye get to see: the PDF drawn as pixels."""

from datetime import date

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from pypdfium2 import PdfDocument

from app.foundation.database import Database
from app.stations.exchange import PosterHouse, PosterPage, list_codes, poster_pages
from app.stations.posters import make_posters
from app.stations.rules import parse_code, show_key

HOUSE = PosterHouse("示例高速公路服务区", "司机之家", date(2026, 11, 22))
INK_LIMIT = 200
SOS = (181, 0, 26)
SEAL = (107, 46, 31)
SIGN = (10, 80, 64)


def page_of(**changes: object) -> PosterPage:
    values: dict[str, object] = {
        "station": "GS002",
        "name": "兰州北服务区",
        "road": "G30",
        "km_post": "K1699",
        "side": "A",
        "heading": "往武威",
        "key": "7KQ9M2XD",
        "version": 1,
        "url": "https://home.example/s/7KQ9M2XD",
        "duty_phone": "0931-8765432",
        "example": False,
    }
    return PosterPage(**(values | changes))


def drawn(pdf: bytes, number: int = 0, dots_per_inch: int = 72) -> Image.Image:
    page = PdfDocument(pdf)[number]
    return page.render(scale=dots_per_inch / 72).to_pil().convert("RGB")


def words(pdf: bytes, number: int = 0) -> str:
    return PdfDocument(pdf)[number].get_textpage().get_text_bounded()


def share(picture: Image.Image, colour: tuple[int, int, int]) -> float:
    """The part of the page that has this colour, renderers' rounding allowed for."""
    near = sum(
        count
        for count, dot in picture.getcolors(picture.width * picture.height) or []
        if all(abs(a - b) <= 6 for a, b in zip(dot, colour, strict=True))
    )
    return near / (picture.width * picture.height)


def test_every_code_on_every_poster_is_decoded_by_another_decoder(seeded: Database) -> None:
    with seeded.transaction() as session:
        pages = poster_pages(session, "https://home.example/")
        codes = list_codes(session)
    pdf = PdfDocument(make_posters(pages, HOUSE))
    assert len(pdf) == len(codes) == 110
    for page, code in zip(pdf, codes, strict=True):
        (seen,) = zxingcpp.read_barcodes(page.render(scale=1).to_pil())
        assert seen.text == f"https://home.example/s/{code.key}"
        assert parse_code(seen.text) == code.key
        assert seen.ec_level == "Q"


def test_a_page_says_all_that_the_wall_must_say() -> None:
    said = words(make_posters([page_of(version=3)], HOUSE))
    for told in (
        "司机之家",
        "G30",
        "连霍高速",
        "K1699",
        "兰州北服务区",
        "A 侧",
        "往武威",
        "微信扫一扫",
        show_key("7KQ9M2XD"),
        "120",
        "0931-8765432",
        "“G30 连霍高速 K1699 兰州北服务区 A 侧，往武威方向”",
        "第 3 版",
    ):
        assert told in said, told
    assert "示例" not in said.replace("示例高速公路服务区", "")


def test_a_side_whose_direction_nobody_confirmed_names_the_other_side_and_no_direction() -> None:
    said = words(make_posters([page_of(heading=None, side="B")], HOUSE))
    assert "对面是 A 侧" in said
    assert "往" not in said


def test_example_stations_and_example_telephones_are_marked_as_such() -> None:
    said = words(make_posters([page_of(example=True, duty_phone="0931-0000002")], HOUSE))
    assert "示例数据" in said
    assert "请勿张贴" in said
    assert "示例号码" in said


def test_the_two_sides_differ_in_which_bay_is_filled() -> None:
    def bays(side: str) -> tuple[float, float]:
        """How white the left and the right bay of the glyph on the sign are."""
        picture = drawn(make_posters([page_of(side=side)], HOUSE), dots_per_inch=144)
        mm = picture.width / 210
        boxes = [(left * mm, 89 * mm, (left + 3) * mm, 99 * mm) for left in (24.8, 36.6)]
        left, right = (share(picture.crop(tuple(map(round, box))), (255, 255, 255)) for box in boxes)
        return left, right

    left, right = bays("A")
    assert left > 0.95 > 0.5 > right
    left, right = bays("B")
    assert right > 0.95 > 0.5 > left


@pytest.mark.parametrize(
    ("host", "modules"),
    [("home.example", 29), ("service-areas.example.cn", 33), ("a" * 40 + ".example.cn", 41)],
)
def test_the_code_keeps_four_modules_of_white_around_it(host: str, modules: int) -> None:
    page = page_of(url=f"https://{host}/s/7KQ9M2XD")
    picture = drawn(make_posters([page], HOUSE), dots_per_inch=144)
    (code,) = zxingcpp.read_barcodes(picture)
    corners = (code.position.top_left, code.position.top_right, code.position.bottom_left)
    left, right = corners[0].x, corners[1].x
    top, bottom = corners[0].y, corners[2].y
    quiet = 3.9 * (right - left) / modules
    outer = picture.crop((int(left - quiet), int(top - quiet), int(right + quiet), int(bottom + quiet)))
    inner = picture.crop((int(left) - 2, int(top) - 2, int(right) + 3, int(bottom) + 3))
    assert dark(outer) == dark(inner)


def dark(picture: Image.Image) -> int:
    return sum(picture.convert("L").histogram()[:INK_LIMIT])


def test_brand_red_is_a_line_and_emergency_red_an_area_and_they_stand_apart() -> None:
    picture = drawn(make_posters([page_of()], HOUSE))
    third = picture.height // 3
    top = picture.crop((0, 0, picture.width, third))
    rest = picture.crop((0, third, picture.width, picture.height))
    assert share(picture, SOS) > 0.02
    assert share(top, SOS) == 0
    assert 0 < share(top, SEAL) < 0.002
    assert share(rest, SEAL) < 0.0002
    assert share(picture, SIGN) > 0.15


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "王格尔塘服务区"},
        {"name": "张掖丹霞国家地质公园服务区"},
        {"name": "服" * 20},
        {
            "name": "连霍高速公路甘肃河西走廊东段综合停车区",
            "road": "G22/G30/G2012",
            "km_post": "K825-K827+600",
        },
        {"heading": "往乌鲁木齐、霍尔果斯口岸", "road": "G2201/G75"},
        {"duty_phone": None},
        {"duty_phone": "0931-8765432-12345678"},
        {"url": "https://a-rather-long-name-of-a-host.service-areas.example.cn/s/7KQ9M2XD"},
    ],
)
def test_whatever_is_long_stays_inside_its_margins(changes: dict[str, object]) -> None:
    pdf = make_posters([page_of(**changes)], HOUSE)
    picture = drawn(pdf, dots_per_inch=144)
    mm = picture.width / 210
    for margin in (
        (0, 0, 8 * mm, picture.height),
        (202 * mm, 0, picture.width, picture.height),
        (0, 293 * mm, picture.width, picture.height),
        (0, 112.6 * mm, picture.width, 117 * mm),
        (0, 221.5 * mm, picture.width, 225 * mm),
    ):
        assert dark(picture.crop(tuple(map(round, margin)))) == 0
    said = words(pdf).replace("\r\n", "")
    assert str(changes.get("name", "兰州北服务区")) in said
    (code,) = zxingcpp.read_barcodes(picture)
    assert parse_code(code.text) == "7KQ9M2XD"


def test_the_font_is_inside_and_only_what_is_used_of_it(seeded: Database) -> None:
    with seeded.transaction() as session:
        pdf = make_posters(poster_pages(session, "https://home.example"), HOUSE)
    assert len(pdf) < 1_000_000
    fonts = {
        text.get_font().get_base_name().split("+")[-1]
        for page in list(PdfDocument(pdf))[:3]
        for text in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    }
    assert len(fonts) == 1
    assert "MicroHei" in fonts.pop().replace(" ", "")
