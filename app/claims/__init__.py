"""Claims: the companion of insurance cases; registers its kind with the help desk."""

from pathlib import Path

KINDS = Path(__file__).with_name("kinds.json")
