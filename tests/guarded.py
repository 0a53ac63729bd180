"""Run a module (`python guarded.py uvicorn app:app …`) that may speak to its own machine only: every other attempt is written to
the file that GUARD names, and fails."""

import os
import runpy
import sys
from pathlib import Path

OWN = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}
ASKS = {
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.connect": 1,
    "socket.sendto": 1,
}


def guard(event: str, args: tuple) -> None:
    if event in ASKS:
        asked = args[ASKS[event]]
        host = asked[0] if isinstance(asked, tuple) else asked  # a path is a socket of this machine
        if isinstance(host, str) and host not in OWN and not host.startswith("/"):
            with Path(os.environ["GUARD"]).open("a") as file:
                file.write(f"{event} {host}\n")
            raise OSError(f"{host} is not this machine")


if __name__ == "__main__":
    sys.addaudithook(guard)
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
