"""What the companion decides, and that its data hold together."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.claims import rules
from app.claims.guides import delivered_hotlines, guides, papers_for, what_of
from app.claims.rules import MILESTONES, PATHS, WHATS, clocks_of, deadline, destroy_on, next_step, what_from
from app.foundation.clock import iso

FRIDAY = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


def states(loss_fen: int | None, now: datetime, **marks: datetime) -> dict[str, str]:
    clocks = clocks_of(guides().clocks, "toll_network", marks, loss_fen, now)
    return {each.clock.code: each.state for each in clocks}


def test_everything_that_the_data_name_is_there() -> None:
    known = guides()
    kinds = {paper.kind for paper in known.documents}
    assert {path.code for path in known.paths} == set(PATHS)
    assert [what.code for what in known.whats] == list(WHATS)
    assert len(kinds) == len(known.documents)
    numbers = {line.code for line in delivered_hotlines()}
    for what in known.whats:
        assert set(what.paths) == set(PATHS)
        assert what.police in numbers
        assert what.evidence
        for path in PATHS:
            assert "identity" in {paper.kind for paper in papers_for(path, what.code)}
    for named in [*known.paths, *known.clocks]:
        assert named.sources
        assert set(named.sources) <= set(known.sources)
    for clock in known.clocks:
        assert set(clock.paths) <= set(PATHS)
        assert clock.start in {None, "created", *MILESTONES}
        assert clock.end in {None, *MILESTONES}
        if clock.span:
            deadline(FRIDAY, clock.span)


def test_no_fact_was_checked_in_the_future_and_every_number_has_a_source() -> None:
    today = date.today() + timedelta(days=1)
    assert all(source.checked_on <= today for source in guides().sources.values())
    assert all(line.source and line.checked_on <= today for line in delivered_hotlines())
    assert rules.is_stale(date(2026, 1, 1), date(2026, 7, 1))
    assert not rules.is_stale(date(2026, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("span", "due"),
    [
        ("24h", "2026-11-28T23:30:00+08:00"),
        ("1d", "2026-11-28T23:59:59+08:00"),
        ("1wd", "2026-11-30T23:59:59+08:00"),
        ("5wd", "2026-12-04T23:59:59+08:00"),
    ],
)
def test_days_end_with_the_day_in_shanghai_and_the_first_does_not_count(span: str, due: str) -> None:
    assert iso(deadline(FRIDAY, span)) == due


def test_half_an_hour_later_it_is_another_day() -> None:
    assert iso(deadline(FRIDAY + timedelta(minutes=31), "1d")) == "2026-11-29T23:59:59+08:00"


def test_a_span_that_is_none_is_a_fault() -> None:
    with pytest.raises(ValueError, match="not a span"):
        deadline(FRIDAY, "soon")


def test_which_clock_runs_depends_on_the_loss() -> None:
    later = FRIDAY + timedelta(hours=23)
    small = states(1_800_00, later, created=FRIDAY, survey=FRIDAY)
    assert small["toll_small"] == "running"
    assert "toll_middle" not in small
    assert "toll_large" not in small
    assert states(1_800_00, FRIDAY + timedelta(hours=25), survey=FRIDAY)["toll_small"] == "missed"
    assert states(50_000_00, later, loss_fixed=FRIDAY)["toll_middle"] == "running"
    assert states(50_000_01, later, loss_fixed=FRIDAY)["toll_large"] == "running"


def test_while_the_loss_is_unknown_all_are_shown_and_none_runs() -> None:
    shown = states(None, FRIDAY, created=FRIDAY, survey=FRIDAY, loss_fixed=FRIDAY)
    assert {code: shown[code] for code in ("toll_small", "toll_middle", "toll_large")} == {
        "toll_small": "waiting",
        "toll_middle": "waiting",
        "toll_large": "waiting",
    }
    assert shown["refuse"] == "info"


def test_a_clock_that_was_met_stays_met() -> None:
    paid = states(1_800_00, FRIDAY + timedelta(days=9), survey=FRIDAY, paid=FRIDAY + timedelta(hours=2))
    assert paid["toll_small"] == "met"
    late = states(1_800_00, FRIDAY + timedelta(days=9), survey=FRIDAY, paid=FRIDAY + timedelta(hours=30))
    assert late["toll_small"] == "missed"


def test_of_a_theft_the_first_step_is_the_staff_s() -> None:
    theft, scrape = what_of("cargo_theft"), what_of("scrape")
    step = next_step(theft, footage=False, milestones={}, unticked=6)
    assert step is not None
    assert step[:2] == ("staff", "footage")
    turn = [
        next_step(what, footage=footage, milestones=dict.fromkeys(reached, FRIDAY), unticked=left)
        for what, footage, reached, left in (
            (theft, True, [], 6),
            (scrape, False, [], 6),
            (theft, True, ["police"], 6),
            (theft, True, ["police", "insurer"], 2),
            (theft, True, ["police", "insurer"], 0),
            (theft, True, ["police", "insurer", "survey"], 0),
            (theft, True, ["police", "insurer", "survey", "loss_fixed"], 0),
            (theft, True, [*MILESTONES][:-1], 0),
            (theft, True, [*MILESTONES], 0),
        )
    ]
    assert [step[:2] if step else None for step in turn] == [
        ("driver", "police"),
        ("driver", "police"),
        ("driver", "insurer"),
        ("driver", "evidence"),
        ("insurer", "survey"),
        ("insurer", "loss_fixed"),
        ("driver", "documents"),
        ("insurer", "paid"),
        None,
    ]


def test_what_happened_is_read_from_what_was_chosen() -> None:
    assert what_from({"what": "油料被盗"}, guides().whats) == "fuel_theft"
    assert what_from({"what": 7}, guides().whats) == "other"
    assert what_from({}, guides().whats) == "other"


def test_a_paper_goes_so_long_after_the_end_and_in_any_case_at_last() -> None:
    spans = {"after_close": timedelta(days=60), "at_most": timedelta(days=365)}
    assert destroy_on(FRIDAY, None, **spans) == FRIDAY + timedelta(days=365)
    assert destroy_on(FRIDAY, FRIDAY, **spans) == FRIDAY + timedelta(days=60)
    assert destroy_on(FRIDAY, FRIDAY + timedelta(days=364), **spans) == FRIDAY + timedelta(days=365)


def test_a_workday_clock_follows_what_the_operator_says_of_days() -> None:
    """The Monday after is made a day off: the clock ends a day later."""
    monday = (FRIDAY + timedelta(days=3)).date()
    assert deadline(FRIDAY, "1wd", {monday: False}) == deadline(FRIDAY, "1wd") + timedelta(days=1)
