"""Example calls of an operation: Python, blocking and not, the command line, curl. All of them run as they stand.

Addresses and credentials come from where a user has them: the clients' environment variables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from tradeloom import commands
from tradeloom.lowering import Json, types_of
from tradeloom.yamlfile import is_array

from .reading import Api, Call, Input, Operation

__all__ = ["Sample", "samples"]

Sample = tuple[str, str, str]
"""Title of the tab, language and text."""

_WIDTH = 84


def samples(operation: Operation) -> list[tuple[str, list[Sample]]]:
    """For each method of an operation its name and its samples."""
    return [(call.method.operation, list(_tabs(operation, call))) for call in operation.calls]


def _tabs(operation: Operation, call: Call) -> Iterator[Sample]:
    yield "Python", "python", blocking(operation, call)
    yield "Python, async", "python", awaiting(operation, call)
    yield "Command line", "sh", command_line(operation, call)
    yield "curl", "sh", curl(operation, call)


# Python


def blocking(operation: Operation, call: Call) -> str:
    """The call with the client that blocks."""
    sdk = operation.api.package.sdk
    body = [f"with {sdk['client']}() as client:", *_indented(_statements(operation, call))]
    return "\n".join([*_imports(call), f"from {sdk['package']} import {sdk['client']}", "", *body])


def awaiting(operation: Operation, call: Call) -> str:
    """The call with the client that does not block."""
    sdk = operation.api.package.sdk
    body = [
        "",
        "",
        "async def main() -> None:",
        f"    async with Async{sdk['client']}() as client:",
        *_indented(_statements(operation, call, "await "), 2),
        "",
        "",
        "asyncio.run(main())",
    ]
    imports = ["import asyncio", *_imports(call)]
    if imports[-1]:
        imports.append("")
    return "\n".join([*imports, f"from {sdk['package']} import Async{sdk['client']}", *body])


def _imports(call: Call) -> list[str]:
    return ["from datetime import UTC, datetime", ""] if "datetime(" in "".join(_arguments(call)) else []


def _indented(lines: list[str], levels: int = 1) -> list[str]:
    return [f"{'    ' * levels}{line}" if line else "" for line in lines]


def _statements(operation: Operation, call: Call, wait: str = "") -> list[str]:
    method = call.method
    given = _arguments(call)
    before: list[str] = []
    for argument, login, field in _tokens(operation):
        before = [f"tokens = {wait}client.{login}()"]
        given.append(f"{argument}=tokens.{field}")
    if method.item:
        name = _variable(method.item)
        return [
            *before,
            *_call(f"page = {wait}client.{method.operation}", given),
            f"for {name} in page:",
            f"    print({name})",
        ]
    if method.result == "None":
        return [*before, *_call(f"{wait}client.{method.operation}", given)]
    if match := re.fullmatch(r"list\[(\w+)\]", method.result):
        name = _variable(match.group(1))
        if wait:
            return [
                *before,
                *_call(f"for {name} in {wait}client.{method.operation}", given, ":"),
                f"    print({name})",
            ]
        return [*before, *_call(f"for {name} in client.{method.operation}", given, ":"), f"    print({name})"]
    name = _variable(method.result.removesuffix(" | None"))
    return [*before, *_call(f"{name} = {wait}client.{method.operation}", given), f"print({name})"]


def _tokens(operation: Operation) -> Iterator[tuple[str, str, str]]:
    """Argument, operation and field of each token that the call needs and another call gives."""
    schemes: Json = operation.api.document["components"]["securitySchemes"]
    tokens = [scheme["x-token"] for scheme in schemes.values() if "x-token" in scheme]
    for alternative in operation.node["security"][:1]:
        for name in alternative:
            if "x-argument" in schemes[name]:
                argument = schemes[name]["x-argument"]
                login = next(token["login"] for token in tokens if token["refresh-token"] == argument)
                yield argument, login, argument


def _variable(kind: str) -> str:
    if not kind.isidentifier():
        return "result"
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", kind).lower()
    return name if name not in ("str", "int", "bool", "decimal") else "item"


def _arguments(call: Call) -> list[str]:
    kinds = {argument.name: argument.kind.annotation for argument in call.arguments}
    required = [] if call.merged else [argument.name for argument in call.method.positional]
    given = [_literal(call.sample[name], kinds[name]) for name in required if name in call.sample]
    given += [f"{name}={_literal(value, kinds[name])}" for name, value in call.sample.items() if name not in required]
    return given


def _literal(value: Any, annotation: str) -> str:
    if annotation == "datetime":
        moment = datetime.fromisoformat(value)
        parts = [moment.year, moment.month, moment.day, moment.hour, moment.minute]
        parts += [moment.second] if moment.second else []
        return f"datetime({', '.join(map(str, parts))}, tzinfo=UTC)"
    if is_array(value):
        return f"[{', '.join(_literal(item, annotation) for item in value)}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _call(start: str, given: list[str], end: str = "") -> list[str]:
    """A call on one line, on three, or with a line for each argument."""
    whole = f"{start}({', '.join(given)}){end}"
    if len(whole) <= _WIDTH:
        return [whole]
    inner = f"    {', '.join(given)}"
    if len(inner) <= _WIDTH:
        return [f"{start}(", inner, f"){end}"]
    return [f"{start}(", *(f"    {item}," for item in given), f"){end}"]


# The command line


def command_line(operation: Operation, call: Call, *, yes: bool = False) -> str:
    """The call in a shell. `yes` answers what the command would ask."""
    return commands.command_line(operation.api.package, call.method, call.sample, yes=yes)


# curl


def curl(operation: Operation, call: Call) -> str:
    """The call with nothing but a shell, curl and, for signatures, openssl."""
    api = operation.api
    inputs = _inputs(operation, call)
    sent = {item.wire: (item, call.sample[item.name]) for item in inputs if item.name in call.sample}
    base = api.package.base_url
    path = operation.path
    query: list[str] = []
    for wire, (item, value) in sent.items():
        if item.place == "path":
            path = path.replace(f"{{{wire}}}", quote(str(value), safe=""))
        elif item.place == "query":
            query += [f"{quote_plus(wire)}={text}" for text in _texts(item, value)]
    body = _body(api, operation, call, sent)
    before, options, extra = _credentials(operation, f"{urlsplit(base).path}{path}", "&".join(query), body)
    query += extra
    url = f"{base}{path}{'?' if query else ''}{'&'.join(query)}"
    options = [*([] if operation.http == "GET" else [f"--request {operation.http}"]), *options]
    if body:
        options += ["--header 'Content-Type: application/json'", '--data "$BODY"' if before else f"--data '{body}'"]
    line = " \\\n    ".join(["curl --silent --show-error", *options, f'"{url}"'])
    if not options:
        line = f'curl --silent --show-error "{url}"'
    return "\n".join([*before, line])


def _inputs(operation: Operation, call: Call) -> list[Input]:
    return [
        *operation.parameters,
        *(
            field
            for _, schema in operation.body_schemas()
            if len(operation.calls) == 1 or call.method.constants == _constants(schema)
            for field in operation.body_fields(schema)
        ),
    ]


def _constants(schema: Json) -> Json:
    return {wire: field["const"] for wire, field in schema.get("properties", {}).items() if "const" in field}


def _texts(item: Input, value: Any) -> list[str]:
    values = value if is_array(value) else [value]
    texts = [quote_plus(_word(one)) for one in values]
    return [",".join(texts)] if item.joined else texts


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(api: Api, operation: Operation, call: Call, sent: dict[str, tuple[Input, Any]]) -> str:
    fields: dict[str, str] = {wire: json.dumps(value) for wire, value in call.method.constants.items()}
    if "requestBody" not in operation.node:
        return ""
    for wire, (item, value) in sent.items():
        if item.place == "body":
            # An exact number goes without quotes where the document has a number.
            bare = isinstance(value, str) and "number" in types_of(api.resolve(item.schema))
            fields[wire] = value if bare else json.dumps(value)
    return "{" + ", ".join(f'"{wire}": {text}' for wire, text in fields.items()) + "}"


def _credentials(operation: Operation, path: str, query: str, body: str) -> tuple[list[str], list[str], list[str]]:
    """Lines before the call, options, and parameters of the query."""
    api = operation.api
    sdk = api.package.sdk
    schemes: Json = api.document["components"]["securitySchemes"]
    before: list[str] = []
    options: list[str] = []
    extra: list[str] = []
    alternatives: list[Json] = operation.node["security"] or [{}]
    for name in alternatives[0]:
        scheme = schemes[name]
        if "x-signature" in scheme:
            target = f"{path}{'?' if query else ''}{query}"
            before = list(_signing(scheme["x-signature"], sdk, operation.http, target, body, scheme["x-credential"]))
            options.append(f'--header "{scheme["name"]}: $SIGNATURE"')
        elif "x-argument" in scheme:
            options.append(f'--header "Authorization: Bearer ${sdk["environment"]}_{scheme["x-argument"].upper()}"')
        elif scheme["type"] == "http":
            user, password = (f"${sdk['environment']}_{part.upper()}" for part in _basic(schemes))
            options.append(f'--user "{user}:{password}"')
        elif "x-credential" not in scheme:
            options.append(f'--header "{scheme["name"]}: $TIMESTAMP"')
        else:
            value = f"${sdk['environment']}_{scheme['x-credential'].upper()}"
            if scheme["in"] == "query":
                extra.append(f"{scheme['name']}={value}")
            else:
                options.append(f'--header "{scheme["name"]}: {value}"')
    return before, options, extra


def _basic(schemes: Json) -> list[str]:
    """Credentials of the scheme for names and passwords, which a shell sends more easily than a token."""
    return next(scheme["x-credential"] for scheme in schemes.values() if scheme.get("scheme") == "basic")


def _signing(sign: Json, sdk: Json, http: str, target: str, body: str, credential: str) -> Iterator[str]:
    if body:
        yield f"BODY='{body}'"
    parts = {"timestamp": "${TIMESTAMP}", "method": http, "target": target, "body": "${BODY}" if body else ""}
    secret = f"${sdk['environment']}_{credential.upper()}"
    yield "TIMESTAMP=$(date +%s)"
    yield f'SECRET=$(printf %s "{secret}" | openssl base64 -A -d | od -An -v -tx1 | tr -d " \\n")'
    yield f'SIGNATURE=$(printf %s "{"".join(parts[part] for part in sign["message"])}" |'
    yield '    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$SECRET" -binary | openssl base64 -A)'
