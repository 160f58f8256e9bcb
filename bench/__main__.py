"""`scripts/bench checkin`, `pushes` and `duty`: run a benchmark and say what came of it."""

import sys

import click

from app.launcher.problems import LaunchProblem
from bench import checkin, duty, planning, sending, statements
from bench.crowd import gathered
from bench.figures import ratio
from bench.place import Place, prepared


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """How fast the house is, beside yardsticks that do the least the same job needs."""


@main.command("checkin")
@click.option("--rounds", type=click.IntRange(1), default=11, show_default=True, help="measured rounds")
@click.option(
    "--seconds", type=click.FloatRange(0.2), default=4.0, show_default=True, help="of each subject a round"
)
@click.option(
    "--clients", type=click.IntRange(1), default=32, show_default=True, help="kept-alive connections"
)
@click.option("--people", type=click.IntRange(1), default=5000, show_default=True, help="signed-in people")
@click.option("--database-url", help="a PostgreSQL to make a database on; an embedded one by default")
def check_in(rounds: int, seconds: float, clients: int, people: int, database_url: str | None) -> None:
    """POST /checkins beside the minimal SQL in a bare WSGI function; a station read beside a Flask hello."""
    try:
        with prepared(database_url, people) as place:
            _run(place, rounds, seconds, clients)
    except (LaunchProblem, checkin.Wrong) as problem:
        sys.exit(str(problem))


def _run(place: Place, rounds: int, seconds: float, clients: int) -> None:
    arrival = statements.of_a_check_in(place, checkin.CHECK_IN)
    read = statements.of_a_read(place, checkin.STATION)
    with checkin.opened(place, clients) as pairs:
        click.echo(f"{clients} clients, {rounds} rounds of {seconds:g} s each; median (lowest–highest round)")
        checkin.compare(pairs, rounds, seconds)
        for ours, bare in pairs:
            ours.check_rows()
            bare.check_rows()
            click.echo(f"\n{ours.figures.line()}\n{bare.figures.line()}")
            click.echo(f"  ratio: {ratio(ours.figures, bare.figures)}")
        click.echo(f"\nstatements: check-in {len(arrival)} (and BEGIN, COMMIT), station read {len(read)}")
        rss, pss = pairs[0][0].server.memory_mb()
        click.echo(f"memory of one of the service's workers: RSS {rss:.0f} MB, PSS {pss:.0f} MB")


@main.command("pushes")
@click.option("--full", is_flag=True, help="plan for a million people too")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="measured rounds")
@click.option("--sends", type=click.IntRange(100), default=4000, show_default=True, help="messages a round")
@click.option("--only", type=click.Choice(["planning", "sending"]), help="one half of it")
@click.option("--database-url", help="a PostgreSQL to make a database on; an embedded one by default")
def pushes(full: bool, rounds: int, sends: int, only: str | None, database_url: str | None) -> None:
    """Planning a mailing beside bare INSERT … SELECT; sends a second beside a bare thread pool."""
    sizes = [10_000, 50_000, 200_000, *([1_000_000] if full else [])]
    try:
        if only != "sending":
            with gathered(database_url, max(sizes)) as crowd:
                for people in sizes:
                    click.echo(planning.measure(crowd, people, rounds).line())
        if only != "planning":
            with gathered(database_url, sends) as crowd:  # just those whom the stand-in knows
                click.echo(sending.measure(crowd, sends, rounds).lines())
    except (LaunchProblem, planning.Wrong) as problem:
        sys.exit(str(problem))


@main.command("duty")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="measured rounds")
@click.option("--members", type=click.IntRange(32), default=2000, show_default=True, help="who rush")
@click.option(
    "--clients", type=click.IntRange(1), default=32, show_default=True, help="kept-alive connections"
)
@click.option("--database-url", help="a PostgreSQL to make a database on; an embedded one by default")
def duty_rush(rounds: int, members: int, clients: int, database_url: str | None) -> None:
    """Members rush one evening's 200 shifts, beside the same SQL in a bare WSGI function."""
    try:
        with prepared(database_url, members) as place:
            for line in duty.rush(place, clients, rounds):
                click.echo(line)
    except (LaunchProblem, checkin.Wrong) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main(prog_name="scripts/bench")
