"""Roads, K-posts and the sentence that is said on the telephone."""

import pytest

from app.stations.rules import is_example_phone, kilometre_phrase, matches, on_road, spoken_address


@pytest.mark.parametrize(
    ("road", "wanted", "found"),
    [
        ("G22/G30", "G30", True),
        ("G22/G30", "g22", True),
        ("G22/G30", "G22/G30", True),
        ("G22/G30", "G30/G22", True),
        ("G30", "G3", False),
        ("G3011", "G30", False),
        ("G30", "G22/G30", False),
        ("G30", "", True),
    ],
)
def test_a_road_is_found_by_either_of_its_numbers_and_by_whole_numbers_only(
    road: str, wanted: str, found: bool
) -> None:
    assert on_road(road, wanted) is found


def test_a_span_and_an_estimate_are_never_said_as_an_exact_post() -> None:
    assert kilometre_phrase("K1699") == "K1699"
    assert kilometre_phrase("K2103-K2110") == "K2103 到 K2110 之间"
    assert kilometre_phrase("~K366") == "K366 附近"
    assert kilometre_phrase("") == ""


def test_the_spoken_address_says_road_post_station_side() -> None:
    assert spoken_address("G30", "K1699", "兰州北服务区", "A", None) == "G30 连霍高速 K1699 兰州北服务区 A 侧"
    assert (
        spoken_address("G22/G30", "", "接驾嘴服务区", "B", "往定西")
        == "G22 青兰高速、G30 连霍高速 接驾嘴服务区 B 侧，往定西方向"
    )
    assert spoken_address("S42", "", "漳县服务区", "A", None) == "S42 漳县服务区 A 侧"
    assert spoken_address("G247", "", "秦安服务区", "A", None) == "G247 国道 秦安服务区 A 侧"


def test_words_are_found_in_name_code_and_road() -> None:
    assert matches("兰州", "兰州北服务区", "GS002", "G30")
    assert matches(" gs002 ", "兰州北服务区", "GS002", "G30")
    assert not matches("定西", "兰州北服务区", "GS002", "G30")


def test_numbers_that_reach_nobody_are_told_from_real_ones() -> None:
    assert is_example_phone("0931-0000002")
    assert not is_example_phone("0931-8765432")
    assert not is_example_phone(None)
