"""The help desk: any request, its thread, states, holder and clocks; knows no kind by name."""

from pathlib import Path

KINDS = Path(__file__).with_name("kinds.json")
