"""The Chinese font of posters, papers and watermarks, with its licence and the script that made it."""

from pathlib import Path

FONT = Path(__file__).with_name("wqy-microhei-regular.ttf")
