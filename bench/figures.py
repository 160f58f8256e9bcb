"""What the rounds say together: medians, percentiles, the ratio of one subject to its yardstick."""

from dataclasses import dataclass, field
from statistics import median

from bench.load import Measured


@dataclass
class Figures:
    """One subject over all rounds; processor time is a request's share of it."""

    name: str
    rates: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)
    p99_ms: list[float] = field(default_factory=list)
    worker_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)

    def add(self, measured: Measured, worker_s: float, database_s: float) -> None:
        """Take in one round, with the processor time that workers and database spent on it."""
        number = len(measured.latencies_ms)
        self.rates.append(number / measured.seconds)
        self.p50_ms.append(percentile(measured.latencies_ms, 50))
        self.p99_ms.append(percentile(measured.latencies_ms, 99))
        self.worker_ms.append(worker_s * 1000 / number)
        self.database_ms.append(database_s * 1000 / number)

    def line(self) -> str:
        """Medians over the rounds, with the lowest and the highest."""
        return (
            f"{self.name:<32}{median(self.rates):6.0f}/s ({min(self.rates):.0f}–{max(self.rates):.0f})"
            f"  p50 {median(self.p50_ms):5.1f} ms  p99 {median(self.p99_ms):5.1f} ms"
            f" (≤ {max(self.p99_ms):.1f})"
            f"  CPU: worker {median(self.worker_ms):.2f} ms, database {median(self.database_ms):.2f} ms"
        )


def percentile(ordered: list[float], share: int) -> float:
    """The smallest value that `share` per cent of the values do not exceed; `ordered` is sorted."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def ratio(ours: Figures, yardstick: Figures) -> str:
    """Ours beside the yardstick: the ratio of the medians, and the ratios of the single rounds."""
    rounds = [a / b for a, b in zip(ours.rates, yardstick.rates, strict=True)]
    total = median(ours.rates) / median(yardstick.rates)
    return f"{total:.3f} of the yardstick (round by round {min(rounds):.3f}–{max(rounds):.3f})"
