"""Writes a package: openapi-python-client's Project with our model, our templates and our runtime."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError
from ruff import find_ruff_bin  # type: ignore[import-untyped]

from .commands import command_line, command_tree
from .lowering import lower
from .model import Method, ModelError, Package, read_package
from .overlay import Document
from .properties import wire_formats
from .render import FILTERS, sample_call
from .runtime.cli.exits import EXIT_CODES
from .text import paragraphs
from .yamlfile import SourceError

__all__ = ["generate_package", "over_httpx2", "package_of"]

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
RUNTIME = HERE / "runtime"


class PackageProject(Project):
    """One installable package."""

    def __init__(self, *, openapi: GeneratorData, config: Config, package: Package, http: str) -> None:
        super().__init__(openapi=openapi, config=config, custom_template_path=TEMPLATES)
        self.package = package
        self.http = http
        self.source_dir = self.project_dir / "src" / package.sdk["package"]
        self.package_dir = self.source_dir
        names = dict.fromkeys(  # not a list, since each is looked up
            [*(enum.name for enum in package.enums), *(model.name for model in package.models)]
        )
        # The template engine types its own defaults only.
        environment: Any = self.env
        environment.filters.update(FILTERS)
        environment.globals.update(package=package, http=http, names=names)

    def build(self) -> Sequence[GeneratorError]:
        """Write every file, lay them out, and report what went wrong."""
        shutil.rmtree(self.project_dir, ignore_errors=True)
        (self.source_dir / "resources").mkdir(parents=True)
        self._create_package()
        self._build_metadata()
        self._build_models()
        self._build_api()
        self._copy_runtime()
        self._run_post_hooks()
        return self._get_errors()

    def _create_package(self) -> None:
        (self.source_dir / "py.typed").touch()
        self._write("__init__.py", "package_init.py.jinja", init_doc=self._init_doc())
        self._write("errors.py", "errors.py.jinja", error_names=error_names())

    def _build_metadata(self) -> None:
        self._write_to(self.project_dir / "pyproject.toml", "pyproject.toml.jinja")
        first = next(m for m in self.package.methods if m.security == [[]] and m.effect == "read")
        self._write_to(
            self.project_dir / "README.md",
            "readme.md.jinja",
            first=first,
            readme_example=self._example(first),
            error_tree=error_tree(),
            command_lines=self._command_lines(),
            exit_codes=EXIT_CODES,
        )
        shutil.copyfile(HERE.parent / "LICENSE", self.project_dir / "LICENSE")

    def _build_models(self) -> None:
        self._write("models.py", "models.py.jinja")

    def _build_api(self) -> None:
        self._write("_api.py", "api.py.jinja")
        self._write("_commands.py", "commands.py.jinja", tree=command_tree(self.package))
        self._write("__main__.py", "main.py.jinja")
        self._write("client.py", "client.py.jinja", client_doc=self._client_doc(), async_=False)
        self._write("async_client.py", "client.py.jinja", client_doc=self._client_doc(), async_=True)
        if self.package.root.methods:
            self._write("operations.py", "operations.py.jinja")
        if self.package.resources:
            self._write("resources/__init__.py", "resources_init.py.jinja")
        for resource in self.package.resources:
            self._write(f"resources/{resource.name}.py", "resource.py.jinja", resource=resource)

    def _copy_runtime(self) -> None:
        target = self.source_dir / "_runtime"
        shutil.copytree(RUNTIME, target, ignore=shutil.ignore_patterns("__pycache__"))
        if self.http == "httpx2":
            file = target / "http.py"
            file.write_text(over_httpx2(file.read_text(encoding="utf-8")), encoding="utf-8")

    def _write(self, name: str, template: str, **values: Any) -> None:
        self._write_to(self.source_dir / name, template, **values)

    def _write_to(self, path: Path, template: str, **values: Any) -> None:
        # Macros imported with context see only globals, so the values of this file are globals of its template.
        text = self.env.get_template(template, globals=values).render(**values)
        path.write_text(text.rstrip() + "\n", encoding="utf-8")

    def _run_post_hooks(self) -> None:
        """Drop unused imports and lay out, with the formatter of this environment whatever is on PATH."""
        options = ["--quiet", "--config", str(HERE / "generated.toml"), str(self.project_dir)]
        for command in (["check", "--fix-only", "--unsafe-fixes"], ["format"]):
            done = subprocess.run([find_ruff_bin(), *command, *options], capture_output=True, text=True, check=False)
            if done.returncode:
                self.errors.append(GeneratorError(header=f"ruff {command[0]} failed", detail=done.stdout + done.stderr))

    def _example(self, first: Method) -> str:
        package = self.package
        call = sample_call(first)
        return (
            f"from {package.sdk['package']} import {package.sdk['client']}\n\n"
            f"with {package.sdk['client']}() as client:\n    print({call})"
        )

    def _command_lines(self) -> list[str]:
        """The first two reads that take arguments, and the first call that asks."""
        reads = [method for method in self.package.methods if method.effect == "read" and method.sample]
        asks = [method for method in self.package.methods if method.effect == "unsafe" and method.sample]
        return [command_line(self.package, method, method.sample) for method in [*reads[:2], *asks[:1]]]

    def _init_doc(self) -> str:
        client = self.package.sdk["client"]
        return (
            f"{self.package.title}: {' '.join(self.package.summary.split())}\n\n"
            f"`{client}` waits by blocking, `Async{client}` by awaiting. Results are in `models`, errors in `errors`."
        )

    def _client_doc(self) -> str:
        sdk = self.package.sdk
        lines = ["    Args:"]
        for item in sdk["credentials"]:
            variable = f"{sdk['environment']}_{item['name'].upper()}"
            lines += _argument(item["name"], f"{item['description'].strip()} From {variable} if not given.")
        lines += _argument(
            "base_url",
            f"Address of the API. From {sdk['environment']}_BASE_URL, or else {self.package.base_url}, if not given.",
        )
        lines += _argument("timeout", "Seconds that a whole call may take, with everything it waits for.")
        lines += _argument("max_retries", "How often a call that may be repeated is sent again at most.")
        lines += _argument(
            "allow_http", "Whether credentials may travel unencrypted to another machine; to this one they always may."
        )
        lines += _argument("http_client", "An httpx client of your own, with its proxies and hooks. It stays open.")
        return "\n".join(lines)


def over_httpx2(text: str) -> str:
    """The runtime's http.py for httpx's successor of the same interface."""
    for library in ("httpcore", "httpx"):
        text = text.replace(f"import {library}\n", f"import {library}2 as {library}\n")
        text = text.replace(f'"{library}": "{library}"', f'"{library}": "{library}2"')
    return text


def _argument(name: str, text: str) -> list[str]:
    first, *rest = paragraphs(f"{name}: {text}", 104)
    return [f"        {first}", *(f"            {line}" for line in rest)]


def error_tree() -> str:
    """The error tree as drawn in the runtime."""
    text = (RUNTIME / "errors.py").read_text(encoding="utf-8")
    return text[text.index("SDKError\n") : text.index("\n\nArguments")]


def error_names() -> list[str]:
    """Public names of the runtime's errors."""
    text = (RUNTIME / "errors.py").read_text(encoding="utf-8")
    match = re.search(r"__all__ = \[(.*?)\]", text, re.DOTALL)
    assert match is not None
    return re.findall(r'"(\w+)"', match.group(1))


def generate_package(document: Document, spec: Path, target: Path, *, http: str = "httpx") -> None:
    """Write the package of a document to `target`, replacing what is there; SourceError if it cannot be done."""
    config = Config.from_sources(ConfigFile(), MetaType.NONE, spec, "utf-8", overwrite=True, output_path=target)
    data, package = _read(document, spec, config)
    errors = PackageProject(openapi=data, config=config, package=package, http=http).build()
    # The parser drops what it does not understand and only warns; a package with holes is worse than none.
    for problem in errors:
        _fail(document, (), f"{problem.header} {problem.detail or ''}")


def package_of(document: Document, spec: Path) -> Package:
    """What the package of a document consists of, without writing it; SourceError if it cannot be done."""
    return _read(document, spec, Config.from_sources(ConfigFile(), MetaType.NONE, spec, "utf-8", False, None))[1]


def _read(document: Document, spec: Path, config: Config) -> tuple[GeneratorData, Package]:
    with wire_formats():
        data = GeneratorData.from_dict(lower(document.data), config=config)
    if isinstance(data, GeneratorError):
        _fail(document, (), f"{data.header} {data.detail or ''}")
    try:
        package = read_package(document.data, data, f"specs/{spec.name}")
        command_tree(package)
    except ModelError as error:
        _fail(document, error.pointer, error.reason)
    return data, package


def _fail(document: Document, pointer: tuple[str | int, ...], reason: str) -> NoReturn:
    path, line = document.locate(pointer)
    where = ".".join(map(str, pointer))
    raise SourceError(path, line, f"{where}: {reason}" if where else reason)
