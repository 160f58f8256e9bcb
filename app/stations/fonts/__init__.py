"""The Chinese font that posters and other papers are set in, with its licence and the script that made it."""

from pathlib import Path

FONT = Path(__file__).with_name("wqy-microhei-regular.ttf")
