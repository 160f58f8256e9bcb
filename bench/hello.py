"""The yardstick of a read: a Flask application that only says hello."""

from flask import Flask


def create_app() -> Flask:
    """For gunicorn."""
    app = Flask(__name__)

    @app.get("/hello")
    def hello() -> str:
        return "hello"

    return app
