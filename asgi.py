"""The same as app.py, for a server that is told `asgi:app`: `python -m uvicorn asgi:app`, in one process.

A visitor's uploads and downloads live in the process that the visitor first met, so several processes need a front door that sends
every visitor to the same one: docs/hosting.md.
"""

from app import app

__all__ = ["app"]
