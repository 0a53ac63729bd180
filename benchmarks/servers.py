"""Both servers on free loopback ports: ours as it is served for a class, the bare page as Streamlit serves it by default."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
NOWHERE = Path(os.devnull)
PATIENCE = 60.0  # s that a server may take to start


@dataclass
class Server:
    """A server of ours to start and stop; `port` is on 127.0.0.1 only.  `behind`: the processes that a proxy hands on to."""

    process: subprocess.Popen
    port: int
    behind: tuple[subprocess.Popen, ...] = ()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def processes(self) -> list[int]:
        """The processes and their descendants (Linux)."""
        parents: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(path.read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            parents.setdefault(parent, []).append(int(path.parent.name))
        found = [self.process.pid, *(process.pid for process in self.behind)]
        for pid in found:
            found += parents.get(pid, [])
        return found

    def resident(self) -> float:
        """Resident memory of the whole server in MB; NaN where there is no /proc."""
        return self._sum(
            "status", lambda text: float(text.partition("VmRSS:")[2].split()[0]) / 1024 if "VmRSS:" in text else 0.0
        )

    def cpu(self) -> float:
        """Processor seconds of the whole server so far; NaN where there is no /proc."""
        tick = os.sysconf("SC_CLK_TCK")
        return self._sum("stat", lambda text: sum(map(int, text.rpartition(")")[2].split()[11:13])) / tick)

    def _sum(self, file: str, read) -> float:
        if not Path("/proc/self/stat").exists():
            return float("nan")
        total = 0.0
        for pid in self.processes:
            try:
                total += read(Path(f"/proc/{pid}/{file}").read_text())
            except OSError:
                continue  # it has just ended
        return total


@contextmanager
def ours(workers: int = 1, root: Path = ROOT, app: str = "asgi:app", log: Path = NOWHERE) -> Iterator[Server]:
    """`uvicorn asgi:app` from the root of the repository, or another app; what it writes goes into `log`."""
    command = ["-m", "uvicorn", app, "--host", "127.0.0.1", "--log-level", "warning"]
    with _serving([*command, *(["--workers", str(workers)] if workers > 1 else [])], "--port", root, log) as server:
        yield server


@contextmanager
def caddy(processes: int, root: Path = ROOT) -> Iterator[Server]:
    """So many processes behind Caddy, with the configuration that we ship (docs/hosting.md)."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        web = [stack.enter_context(ours(1, root)) for _ in range(processes)]
        port, admin = _free(), _free()
        settings = {
            "LAB_SITE": f"http://127.0.0.1:{port}",
            "LAB_PROCESSES": " ".join(f"127.0.0.1:{server.port}" for server in web),
            "LAB_ADMIN": f"localhost:{admin}",
            "XDG_DATA_HOME": folder,
            "XDG_CONFIG_HOME": folder,
        }
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(ROOT / "deploy" / "caddy" / "Caddyfile")]
        with _started(command, port, root, os.environ | settings) as server:
            yield Server(server.process, port, tuple(each.process for each in web))


@contextmanager
def bare() -> Iterator[Server]:
    """`streamlit run bare_page.py` with default settings, from an empty folder so that no config.toml of ours applies.

    Only what makes it stay on this machine is set: no browser window, no telemetry, the loopback address.
    """
    with tempfile.TemporaryDirectory() as folder:
        page = shutil.copy(Path(__file__).parent / "bare_page.py", folder)
        settings = ["--server.headless", "true", "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
        with _serving(["-m", "streamlit", "run", page, *settings], "--server.port", Path(folder)) as server:
            yield server


@contextmanager
def _serving(command: list[str], port_option: str, folder: Path, log: Path = NOWHERE) -> Iterator[Server]:
    """Start Python with these arguments and a free port."""
    port = _free()
    with _started([sys.executable, *command, port_option, str(port)], port, folder, os.environ, log) as server:
        yield server


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _started(
    command: list[str], port: int, folder: Path, environment: Mapping[str, str], log: Path = NOWHERE
) -> Iterator[Server]:
    """Start it, wait until it answers, and end that very process afterwards, whatever happens."""
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=written, stderr=written)
    try:
        _await(process, port)
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(
                f"the server ended with status {process.returncode}: start it by hand to see why: {process.args}"
            )
        try:
            with urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer within {PATIENCE:.0f} s: {process.args}")
