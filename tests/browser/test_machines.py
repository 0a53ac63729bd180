"""The steps for a fresh Debian machine and those of the Dockerfile, followed to the letter, as far as this machine goes.

Folders are moved below a temporary one, and there is no systemd: what a unit starts is read from the unit and started here. Packages
are installed from the index that pip knows, into fresh environments.
"""

import contextlib
import inspect
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Browser

from tests.test_installed import PAGES, visit

from .conftest import ROOT, free_port, missing
from .test_caddy import enter

GUIDE = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
IMAGE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
SWIFT = {"PIP_COMPILE": "0"}  # Python compiles what is imported; all of 700 megabytes take half of an installation
DEBIAN_CADDY = Path("/lib/systemd/system/caddy.service")
# A disk to read only, but /tmp, and no network but the loopback; then no privileges.
ALONE = """set -e
ip link set lo up
mount --make-rprivate /
mount -o remount,bind,ro /
mount -t tmpfs tmpfs /tmp
cd /tmp
case $2 in /root/*) # Python itself is where only root may look
  mount --bind "$2" /mnt
  mount -t tmpfs -o mode=755 tmpfs /root
  mkdir -p "$2"
  mount --bind /mnt "$2" ;;
esac
[ "$1" = root ] && drop="setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set -all"
shift 2
exec $drop "$@"
"""
# What is asked of the container from inside, with its own Python.
INSIDE = """
server = subprocess.Popen(COMMAND)
try:
    for _ in range(300):
        if subprocess.run(HEALTHY, stderr=subprocess.DEVNULL).returncode == 0:
            break
        time.sleep(0.2)
    for page in PAGES:
        assert '<div id="first">' in urlopen(f"http://127.0.0.1:{PORT}/{page}").read().decode(), page
    told = [m.delta.new_element.WhichOneof("type") for m in visit(PORT, "gaussian", "n=20") if m.WhichOneof("type") == "delta"]
    assert "heading" in told, told
    assert "exception" not in told, told
    assert os.getuid() != 0, "root"
    for address in ("1.1.1.1", "192.0.2.1"):
        try:
            socket.create_connection((address, 443), 2)
        except OSError as error:
            assert error.errno == errno.ENETUNREACH, error
    try:
        open(HOME + "/written", "w")
    except OSError as error:
        assert error.errno == errno.EROFS, error
    print("all is well")
finally:
    server.terminate()
    server.wait(20)
"""


def alive(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), urlopen(f"{address}/_stcore/health", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


class Machine:
    """A folder that stands for `/`, and what systemd would do in it.

    `ports`: which free ones stand for those of the guide; `settings`: the same for Caddy, as in its file of settings.
    """

    def __init__(self, root: Path, ports: dict[str, str], settings: dict[str, str]) -> None:
        self.root, self.ports, self.settings = root, ports, settings
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def moved(self, text: str) -> str:
        """Paths below this folder, ports that are free."""
        text = re.sub(r"(?<![\w.])/(etc|opt)/", lambda found: f"{self.root}/{found[1]}/", text)
        for written, free in self.ports.items():
            text = re.sub(rf"(?<!\d){written}(?!\d)", free, text)
        return text

    def setting(self, name: str, *texts: str) -> list[str]:
        return [value for text in texts for value in re.findall(rf"^{name}=(.*)$", text, re.MULTILINE)]

    def start(self, unit: str) -> None:
        """What `systemctl start` runs, with the environment that the unit names."""
        base, _, instance = unit.partition("@")
        own = self.root / "etc" / "systemd" / "system" / f"{base}{'@' * bool(instance)}.service"
        texts = [self.moved((own if own.is_file() else DEBIAN_CADDY).read_text().replace("%i", instance))]
        texts += [self.moved(path.read_text()) for path in own.parent.glob(f"{unit}.service.d/*.conf")]
        pairs = [pair for line in self.setting("Environment", *texts) for pair in shlex.split(line)]
        for file in self.setting("EnvironmentFile", *texts):
            pairs += shlex.split(Path(file.removeprefix("-")).read_text(), comments=True)
        (command,) = self.setting("ExecStart", *texts)
        given = dict(pair.split("=", 1) for pair in pairs)
        with (self.root / f"{unit}.log").open("wb") as log:
            self.running[unit] = subprocess.Popen(
                shlex.split(command),
                env={"PATH": "/usr/bin:/bin", "HOME": str(self.root)} | given | self.settings,
                cwd=self.root,
                stdout=log,
                stderr=log,
            )

    def follow(self, line: str) -> None:
        """One line of the guide."""
        words = shlex.split(line)
        if words[:2] == ["systemctl", "enable"] or words[:2] == ["systemctl", "restart"]:
            for unit in words[2:]:
                if not unit.startswith("-"):
                    self.start(self.moved(unit))
        elif words[:2] == ["apt-get", "install"]:
            for package in words[3:]:
                subprocess.run(["dpkg", "--status", package], check=True, capture_output=True)
        elif line not in ("apt-get update", "systemctl daemon-reload"):
            clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | SWIFT
            subprocess.run(["sh", "-ec", self.moved(line)], cwd=ROOT, env=clean, check=True, capture_output=True)


@contextlib.contextmanager
def debian(root: Path, ports: dict[str, str], settings: dict[str, str], site: str) -> Iterator[Machine]:
    machine = Machine(root, ports, settings)
    for folder in ("etc/systemd/system", "etc/caddy", "etc/default", "opt"):
        (root / folder).mkdir(parents=True)
    found = re.search(r"^<!-- debian -->\n```sh\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None
    try:
        for line in found[1].replace("lab.example.org", site).splitlines():
            machine.follow(line)
        yield machine
    finally:
        for process in machine.running.values():
            process.terminate()
            process.wait(20)


def test_a_fresh_debian_machine_serves_the_pages(browser: Browser, tmp_path: Path) -> None:
    """All of the guide's commands; then every process of its units, and Chromium at the door."""
    if shutil.which("caddy") is None:
        missing("no Caddy on the PATH (Debian: apt-get install caddy)")
    ports = {"8501": str(free_port()), "8502": str(free_port())}
    settings = {
        "LAB_PROCESSES": " ".join(f"127.0.0.1:{port}" for port in ports.values()),
        "LAB_ADMIN": f"localhost:{free_port()}",
        "LAB_HTTP_PORT": str(free_port()),
    }
    site = f"localhost:{free_port()}"
    with debian(tmp_path, ports, settings, site) as machine:
        assert len(machine.running) == 3
        for unit, process in machine.running.items():
            if "@" in unit:
                alive(f"http://127.0.0.1:{unit.partition('@')[2]}", process, tmp_path / f"{unit}.log")
        someone = enter(browser, f"https://{site}", "gaussian", "")
        someone.page.locator(".lab-flat a[href$='/signs']").click()
        someone.page.wait_for_url("**/signs*")
        someone.settled()
        assert someone.wrong == []
        someone.context.close()


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, line by line: what, and with what."""
    lines = [line for line in IMAGE.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


def built(root: Path) -> tuple[dict[str, str], list[str], list[str]]:
    """Follow the Dockerfile below a folder: the environment, the command and the question for health of what it makes."""
    environment, command, health, here = {}, [], [], root
    clean = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"} | SWIFT

    def moved(text: str) -> str:
        return text.replace("/opt/", f"{root}/opt/")

    for word, rest in instructions():
        if word == "WORKDIR" and rest != "/tmp":
            here = root / rest.lstrip("/")
            here.mkdir()
        elif word == "COPY" and not rest.startswith("--from=built /opt/lab /opt/lab"):
            *names, target = rest.split()
            for name in names:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, here / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(ROOT / name, here / target)
        elif word == "RUN":
            line = re.sub(r"^python ", f"{sys.executable} ", moved(rest))
            subprocess.run(["sh", "-ec", line], cwd=here, env=clean, check=True, capture_output=True)
        elif word == "ENV":
            environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        elif word == "HEALTHCHECK":
            health = [moved(part) for part in json.loads(rest.partition(" CMD ")[2])]
        elif word == "CMD":
            command = [moved(part) for part in json.loads(rest)]
        else:
            assert word in ("FROM", "WORKDIR", "COPY", "USER", "EXPOSE"), f"a new instruction needs a line here: {word}"
    shutil.rmtree(root / "source")
    return environment, command, health


def test_the_image_needs_no_root_no_disk_and_no_network() -> None:
    """As the Dockerfile makes it; the mount and the network of the process are its own."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        root = Path(name)
        root.chmod(0o755)
        environment, command, health = built(root)
        start = "import errno, os, socket, subprocess, time\nfrom urllib.request import urlopen\nimport websockets.sync.client\n"
        start += (
            "from streamlit.proto.BackMsg_pb2 import BackMsg\nfrom streamlit.proto.ForwardMsg_pb2 import ForwardMsg\n"
        )
        start += f"PORT, HOME, PAGES = {environment['UVICORN_PORT']}, {name!r}, {PAGES[1:]!r}\n"
        start += f"COMMAND, HEALTHY = {command!r}, {health!r}\n"
        apart = ["unshare", "--net", "--mount", *([] if os.getuid() == 0 else ["--map-root-user"])]
        if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode != 0:
            missing("no namespaces for who runs the tests: unshare --net --mount")
        inside = [f"{name}/opt/lab/bin/python", "-c", start + inspect.getsource(visit) + INSIDE]
        done = subprocess.run(
            [*apart, "sh", "-c", ALONE, "sh", "root" if os.getuid() == 0 else "user", sys.base_prefix, *inside],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.strip() == "all is well", done.stdout + done.stderr
        assert "GET /" not in done.stderr, "nobody writes down who asked for what"
