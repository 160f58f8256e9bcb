"""The Chinese font that all paper is set in, with its licence and the script that made it."""

from pathlib import Path
from typing import Final

REGULAR: Final = Path(__file__).parent / "wqy-microhei-regular.ttf"
