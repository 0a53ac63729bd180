"""A script in a process of its own, which knows nothing of ours before the script imports it.

Four fifths of the time of a short script go by while SciPy is imported.  One process imports it once and then waits; every script
runs in a child that is forked from it.  `tests/engine/test_cli.py` starts interpreters from nothing.
"""

import atexit
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
NURSERY = """
def _next():
    import json, os, sys, tempfile
    import scipy.stats
    for line in sys.stdin:
        script, folder = json.loads(line)
        said = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        child = os.fork()
        if not child:
            os.chdir(folder)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for number, file in enumerate(said, 1):
                os.dup2(file.fileno(), number)
                file.close()
            return compile(script, "<script>", "exec")
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = [file.seek(0) or file.read().decode() for file in said]
        print(json.dumps([code, *texts]), flush=True)
        for file in said:
            file.close()
    return ""
exec(_next())
"""


@cache
def _nursery() -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", NURSERY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )

    def end() -> None:
        process.communicate()

    atexit.register(end)
    return process


def ran(script: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Run a script in a folder, with warnings as errors: its exit code, and what it said."""
    process = _nursery()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([script, str(folder)]) + "\n")
    process.stdin.flush()
    code, out, err = json.loads(process.stdout.readline())
    return subprocess.CompletedProcess(script, code, out, err)
