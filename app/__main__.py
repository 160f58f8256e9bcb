"""`python -m app …`."""

from app.commands.main import run

if __name__ == "__main__":
    run()
