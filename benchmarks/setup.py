"""The environment of a run, under build/bench: the peers, what other generators make of our documents, and our wheels
in environments that hold nothing else."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.measure import BUILD, PYTHON, ROOT

HERE = Path(__file__).parent
PEERS = BUILD / "peers"
APIS = ("coinbase_pro", "freqtrade", "onefox")
SCRIPTS = Path(sys.executable).parent


def prepare() -> list[str]:
    """Make what is missing or out of date; what could not be had, with the reason."""
    BUILD.mkdir(parents=True, exist_ok=True)
    PEERS.mkdir(exist_ok=True)
    _once("venv", [HERE / "requirements.txt", HERE / "requirements-without-dependencies.txt"], _install_peers)
    documents = [_document(api) for api in APIS]
    _once("stock", documents, _generate_stock)
    if shutil.which("java") is None:
        return ["openapi-generator: needs Java, which is not installed; left out"]
    _once("openapi-generator", [_document("coinbase_pro")], _generate_with_openapi_generator)
    return []


def clean_environment(api: str) -> Path:
    """An environment with the wheel of one API and what it needs, and nothing else: the path of its Python."""
    folder = BUILD / f"clean_{api}"
    sources = [path for path in (ROOT / "generated" / f"{api}_sdk").rglob("*") if path.suffix in (".py", ".toml")]
    _once(folder.name, sorted(sources), lambda: _install_wheel(api, folder))
    return folder / "bin" / "python"


def wheel(api: str) -> Path:
    """The wheel of an API."""
    clean_environment(api)
    return next((BUILD / "wheels").glob(f"{api}_sdk-*.whl"))


def _document(api: str) -> Path:
    return ROOT / "generated" / f"{api}_sdk" / "openapi.yaml"


def _once(name: str, sources: list[Path], make: object) -> None:
    """Make something unless it is there already, made from these files as they are."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    stamp = BUILD / f"{name}.stamp"
    if stamp.exists() and stamp.read_text() == digest:
        return
    print(f"Preparing {name} …", flush=True)
    assert callable(make)
    make()
    stamp.write_text(digest)


def _install_peers() -> None:
    _make_environment(BUILD / "venv")
    _install(PYTHON, "-r", str(HERE / "requirements.txt"))
    _install(PYTHON, "--no-deps", "-r", str(HERE / "requirements-without-dependencies.txt"))


def _generate_stock() -> None:
    for api in APIS:
        target = PEERS / f"stock_{api}"
        shutil.rmtree(target, ignore_errors=True)
        tool = str(SCRIPTS / "openapi-python-client")
        _run(tool, "generate", "--path", str(_document(api)), "--meta", "none", "--output-path", str(target))


def _generate_with_openapi_generator() -> None:
    scratch, package = BUILD / "openapi_generator", "openapi_generator_coinbase_pro"
    tool = str(PYTHON.parent / "openapi-generator-cli")
    options = ("--skip-validate-spec", "-i", str(_document("coinbase_pro")), "--package-name", package)
    _run(tool, "generate", "-g", "python", *options, "-o", str(scratch))
    shutil.rmtree(PEERS / package, ignore_errors=True)
    shutil.copytree(scratch / package, PEERS / package)


def _install_wheel(api: str, folder: Path) -> None:
    wheels = BUILD / "wheels"
    for old in wheels.glob(f"{api}_sdk-*.whl"):
        old.unlink()
    package = str(ROOT / "generated" / f"{api}_sdk")
    _run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(wheels), package)
    _make_environment(folder)
    _install(folder / "bin" / "python", str(next(wheels.glob(f"{api}_sdk-*.whl"))))
    _run(str(folder / "bin" / "python"), "-m", "compileall", "-q", str(folder / "lib"))


def _make_environment(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=not _uv().exists(), symlinks=True)


def _uv() -> Path:
    return SCRIPTS / "uv"


def _install(python: Path, *what: str) -> None:
    if _uv().exists():
        _run(str(_uv()), "pip", "install", "--quiet", "--python", str(python), *what)
    else:
        _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": ""})
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
