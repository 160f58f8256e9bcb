"""The Chinese font that posters are set in, with its licence and the script that made it."""
