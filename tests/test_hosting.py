"""What hosts are told is what they understand: every file against its published schema, or what its host documents."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

import collapse
from collapse.ui.seats import SEATS

ROOT = Path(collapse.__file__).parent.parent
SCHEMAS = {  # as check-jsonschema brings them along
    ".github/workflows/*.yml": ("vendor.github-workflows", "custom.github-workflows-require-timeout"),
    ".github/ISSUE_TEMPLATE/config.yml": ("vendor.github-issue-config",),
    ".github/ISSUE_TEMPLATE/[!c]*.yml": ("vendor.github-issue-forms",),
    "compose.yaml": ("vendor.compose-spec",),
    "CITATION.cff": ("vendor.citation-file-format",),
}
HEALTH = "/_stcore/health"
IMAGE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def read(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def port() -> int:
    """Where the image listens."""
    found = re.search(r"UVICORN_PORT=(\d+)", IMAGE)
    assert found is not None
    return int(found[1])


def checked(schema: str, *files: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("pattern", SCHEMAS)
def test_a_file_is_what_its_schema_says(pattern: str) -> None:
    files = sorted(ROOT.glob(pattern))
    assert files
    for schema in SCHEMAS[pattern]:
        done = checked(schema, *files)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_file_would_be_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yaml"
    wrong.write_text((ROOT / "compose.yaml").read_text(encoding="utf-8").replace("read_only:", "readonly:"))
    assert checked("vendor.compose-spec", wrong).returncode == 1


def test_kubernetes_is_what_its_schema_says_and_asks_for_little() -> None:
    parts = list(yaml.safe_load_all((ROOT / "deploy" / "kubernetes.yaml").read_text(encoding="utf-8")))
    for part in parts:
        kubernetes_validate.validate(part, kubernetes_validate.latest_version(), strict=True)
    deployment, service, ingress = parts
    assert deployment["spec"]["replicas"] == 2
    pod = deployment["spec"]["template"]
    (web,) = pod["spec"]["containers"]
    assert web["ports"] == [{"name": "http", "containerPort": port()}]
    assert web["image"].endswith(f":{collapse.__version__}")
    assert web["securityContext"]["readOnlyRootFilesystem"]
    assert pod["spec"]["securityContext"]["runAsNonRoot"]
    assert set(web["resources"]["limits"]) == {"cpu", "memory"}
    probes = [web[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
    assert probes == [{"path": HEALTH, "port": "http"}] * 3
    labels = pod["metadata"]["labels"]
    assert service["spec"]["selector"] == labels == deployment["spec"]["selector"]["matchLabels"]
    assert service["metadata"]["annotations"]["traefik.ingress.kubernetes.io/service.sticky.cookie"] == "true"
    backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": service["metadata"]["name"], "port": {"name": service["spec"]["ports"][0]["name"]}}


def test_compose_has_two_processes_without_root_disk_or_network() -> None:
    compose = read("compose.yaml")
    services = compose["services"]
    assert services["one"] == services["two"]
    assert services["one"]["read_only"]
    assert services["one"]["cap_drop"] == ["ALL"]
    assert [compose["networks"][name] for name in services["one"]["networks"]] == [{"internal": True}]
    assert services["caddy"]["environment"]["LAB_PROCESSES"] == f"one:{port()} two:{port()}"
    assert "./deploy/caddy/Caddyfile:/etc/caddy/Caddyfile:ro" in services["caddy"]["volumes"]


def test_render_fly_and_hugging_face_know_where_the_image_listens() -> None:
    """Their schemas are not packaged: the fields are those that the hosts document."""
    (service,) = read("deploy/render.yaml")["services"]
    assert set(service) <= {
        *(
            "type",
            "name",
            "runtime",
            "plan",
            "numInstances",
            "dockerfilePath",
            "dockerContext",
            "healthCheckPath",
            "envVars",
        )
    }
    assert (service["type"], service["runtime"], service["numInstances"]) == ("web", "docker", 1)
    assert service["healthCheckPath"] == HEALTH
    assert {pair["key"]: pair["value"] for pair in service["envVars"]}["PORT"] == str(port())
    fly = tomllib.loads((ROOT / "deploy" / "fly.toml").read_text(encoding="utf-8"))
    assert set(fly) == {"app", "env", "http_service", "vm"}
    assert fly["http_service"]["internal_port"] == port()
    assert fly["http_service"]["auto_stop_machines"] in {"off", "stop", "suspend"}
    assert fly["http_service"]["concurrency"]["type"] == "connections"
    assert fly["http_service"]["checks"][0]["path"] == HEALTH
    _, front, _ = (ROOT / "deploy" / "huggingface" / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    space = yaml.safe_load(front)
    assert (space["sdk"], space["app_port"], space["license"]) == ("docker", port(), "mit")
    assert {space["colorFrom"], space["colorTo"]} <= {
        *("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
    }
    assert len(space["short_description"]) <= 60


def test_the_guide_says_how_many_are_let_in() -> None:
    guide = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    assert f"by default {SEATS}," in guide
    rows = [line.split("|")[4].strip() for line in guide.splitlines() if line.startswith("| ") and "Caddy ([" in line]
    assert rows == [str(2 * SEATS)], "two processes"


def test_the_development_container_installs_what_tests_need() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert set(container) <= {
        *("name", "image", "postCreateCommand", "postAttachCommand", "forwardPorts", "portsAttributes", "remoteEnv")
    }
    assert all(word in container["postCreateCommand"] for word in ("chromium", "caddy", "requirements-dev.txt"))
    assert set(container["portsAttributes"]) == {str(port) for port in container["forwardPorts"]}


def test_the_workflows_ask_every_system_and_every_python() -> None:
    matrix = read(".github/workflows/tests.yml")["jobs"]["everywhere"]["strategy"]["matrix"]
    assert len(matrix["os"]) == 3
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = [c.rpartition(" ")[2] for c in project["classifiers"] if re.search(r":: 3\.\d+$", c)]
    assert matrix["python"] == said
    assert said[0] == project["requires-python"].removeprefix(">=")


def test_what_the_image_copies_is_let_in() -> None:
    """And the .dockerignore leaves out everything else."""
    copied = {
        name.rstrip("/")
        for line in re.findall(r"^COPY (?!--from)(.*) \S+$", IMAGE, re.MULTILINE)
        for name in line.split()
    }
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)
    assert re.findall(r"^USER (\S+)$", IMAGE, re.MULTILINE) == ["1000:1000"]
