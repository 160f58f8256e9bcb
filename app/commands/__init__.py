"""The command line of the house: `python -m app …`."""
