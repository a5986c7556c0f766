"""The reference of an API as Markdown: an overview, a page a tag, its errors, its schemas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tradeloom.lowering import Json

from .reading import Api, Call, Input, Operation, Response, flat, slug
from .samples import samples
from .words import cell, example_text, first_sentence, limits, prose, rules, type_text

__all__ = ["badge", "pages"]

BADGES = {
    "read": ("may be repeated", "Changes nothing, so the clients repeat it when an answer gets lost."),
    "idempotent": ("may be repeated", "Changes something, but twice is the same as once: the clients repeat it."),
    "unsafe": (
        "never repeated",
        "A repeat could do it twice. It is sent again only if it certainly was not carried out.",
    ),
}
_PLACES = {"path": "path", "query": "query", "header": "header"}


def pages(api: Api) -> dict[str, str]:
    """Name and text of each page."""
    found = {"index.md": _overview(api)}
    for tag in api.tags:
        found[f"{slug(tag['name'])}.md"] = _tag_page(api, tag)
    if errors := _shared_errors(api):
        found["errors.md"] = _errors_page(api, errors)
    found["schemas.md"] = _schemas_page(api)
    return {name: re.sub(r"\n{3,}", "\n\n", text).strip() + "\n" for name, text in found.items()}


def badge(effect: str) -> str:
    """A visible mark of what a repeat would do."""
    words, why = BADGES[effect]
    return f'<span class="effect effect-{effect}" title="{why}">{words}</span>'


def _front(title: str, description: str) -> str:
    text = " ".join(description.split()).replace('"', "'")
    return f'---\ntitle: "{title}"\ndescription: "{text}"\n---\n\n'


def _indent(text: str, by: int = 4) -> str:
    return "\n".join(f"{' ' * by}{line}" if line else "" for line in text.splitlines())


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


# Overview


def _overview(api: Api) -> str:
    info, sdk = api.document["info"], api.package.sdk
    parts = [
        _front(api.label, info.get("summary", "")),
        f"# {info['title']}\n",
        f"{prose(info.get('summary', ''))}\n",
        f"[Try it in the interactive reference](../../interactive/{api.name}.html){{ .md-button .md-button--primary }}\n"
        f"[OpenAPI as YAML](../../documents/{api.name}.yaml){{ .md-button download }}\n"
        f"[as JSON](../../documents/{api.name}.json){{ .md-button download }}\n",
        _table(
            ["Package", "Clients", "Command", "Version of the document"],
            [
                [
                    f"`{sdk['distribution']}`",
                    f"[`{sdk['client']}`](../../python/{sdk['package']}/client.md), `Async{sdk['client']}`",
                    f"`{sdk['command']}`",
                    info["version"],
                ]
            ],
        ),
        "## Operations\n",
    ]
    for tag in api.tags:
        page = f"{slug(tag['name'])}.md"
        rows = [
            [f"[`{call.shown}`]({page}#{operation.anchor})", cell(operation.node["summary"]), badge(operation.effect)]
            for operation in api.operations
            if operation.tag == tag["name"]
            for call in operation.calls
        ]
        parts += [f"### [{tag['name'].capitalize() if tag['name'].islower() else tag['name']}]({page})\n"]
        parts += [f"{prose(tag['description'])}\n", _table(["Call", "What it does", "Effect"], rows)]
    parts += ["## Credentials\n", _credentials(api), "## Servers\n"]
    parts.append(
        _table(["Address", "What it is"], [[f"`{s['url']}`", cell(s["description"])] for s in api.document["servers"]])
    )
    parts += ["## About the API\n", _about(info["description"])]
    return "\n".join(parts)


def _about(text: str) -> str:
    """The document's description, one level down, with what it says of limits set apart."""
    text = re.sub(r"^#", "##", prose(text), flags=re.MULTILINE)
    sections = re.split(r"^(?=### )", text, flags=re.MULTILINE)
    done: list[str] = []
    for section in sections:
        title, _, body = section.partition("\n")
        if title.startswith("### ") and re.search(r"rate limit|quota", title, re.IGNORECASE):
            done.append(f'{title}\n\n!!! warning "{title[4:]}"\n\n{_indent(body.strip())}\n\n')
        else:
            done.append(re.sub(r"^\*\*(Quota|Rate limits?)\*\*:?((?:.+\n?)+)", _set_apart, section, flags=re.MULTILINE))
    return "".join(done)


def _set_apart(match: re.Match[str]) -> str:
    return f'!!! warning "{match.group(1)}"\n\n{_indent(match.group(2).strip())}\n'


def _credentials(api: Api) -> str:
    sdk = api.package.sdk
    rows = [
        [f"`{item['name']}`", f"`{sdk['environment']}_{item['name'].upper()}`", cell(item["description"])]
        for item in sdk["credentials"]
    ]
    rows.append(
        [
            "`base_url`",
            f"`{sdk['environment']}_BASE_URL`",
            f"Address of the API; `{api.package.base_url}` if not given.",
        ]
    )
    text = _table(["Argument", "Environment", "Meaning"], rows)
    schemes: Json = api.document["components"]["securitySchemes"]
    text += "\nOn the wire:\n\n"
    return text + _table(
        ["Scheme", "Where", "Meaning"],
        [[f"`{name}`", _where(scheme), cell(scheme["description"])] for name, scheme in schemes.items()],
    )


def _where(scheme: Json) -> str:
    if scheme["type"] == "apiKey":
        return f"{scheme['in']} `{scheme['name']}`"
    return f"header `Authorization: {scheme['scheme'].capitalize()} …`"


# Operations


def _tag_page(api: Api, tag: Json) -> str:
    title = tag["name"].capitalize() if tag["name"].islower() else tag["name"]
    operations = [operation for operation in api.operations if operation.tag == tag["name"]]
    parts = [
        _front(f"{title}", f"{api.label}: {tag['description']}"),
        f"# {title}\n",
        f"{prose(tag['description'])}\n",
        f"[Open in the interactive reference](../../interactive/{api.name}.html#tag/{slug(tag['name'])})\n{{ .also }}\n",
    ]
    return "\n".join([*parts, *(_operation(operation) for operation in operations)])


def _operation(operation: Operation) -> str:
    node, api = operation.node, operation.api
    parts = [
        f"## {node['summary']} {{ #{operation.anchor} }}\n",
        f'<div class="operation" markdown>\n<span class="http http-{operation.http.lower()}">{operation.http}</span> '
        f"`{operation.path}` {badge(operation.effect)}\n</div>\n",
    ]
    if node.get("deprecated"):
        parts.append('!!! danger "Deprecated"\n')
    parts.append(f"{prose(node['description'])}\n")
    parts += [_samples(operation), _facts(operation)]
    if parameters := operation.parameters:
        parts += [f"### Parameters {{ #{operation.anchor}-parameters }}\n", _inputs(api, parameters)]
    if found := rules(node.get("x-constraints", {})):
        parts += ["Together:\n", "\n".join(f"- {rule}" for rule in found) + "\n"]
    parts.append(_body(operation))
    parts += [f"### Answer {{ #{operation.anchor}-answer }}\n"]
    parts += [_answer(operation, response) for response in operation.responses if response.good]
    parts += [f"### Errors {{ #{operation.anchor}-errors }}\n", _errors(operation)]
    return "\n".join(parts)


def _samples(operation: Operation) -> str:
    text = ""
    several = len(operation.calls) > 1
    for call, (name, tabs) in zip(operation.calls, samples(operation), strict=True):
        if several:
            text += f"**`{name}`**: {prose(first_sentence(call.method.doc))}\n\n"
        for title, language, code in tabs:
            text += f'=== "{title}"\n\n{_indent(f"```{language}{chr(10)}{code}{chr(10)}```")}\n\n'
    return text


def _facts(operation: Operation) -> str:
    node, _api = operation.node, operation.api
    rows = [
        ["Returns", _python_result(call) + (f" from `{call.method.operation}`" if len(operation.calls) > 1 else "")]
        for call in operation.calls
    ]
    rows.append(["Credentials", _security(operation)])
    rows.append(["Effect", f"`{operation.effect}`. {BADGES[operation.effect][1]}{_find_out(operation)}"])
    if paging := node.get("x-pagination"):
        rows.append(["Pages", _paging(paging)])
    text = "".join(f"{name}\n\n:   {value}\n\n" for name, value in rows)
    limit = next((response for response in operation.responses if response.status == "429"), None)
    if limit:
        text += f'\n!!! warning "Rate limit"\n\n    {cell(limit.text)}\n'
    return text


def _python_result(call: Call) -> str:
    kind = call.method.result
    kind = f"Page[{call.method.item}]" if call.method.item else kind
    more = "".join(
        f", or `{overload.result}` where `{overload.argument}` is {' or '.join(map(str, overload.values))}"
        for overload in call.method.overloads
    )
    return f"`{kind}`{more}"


def _security(operation: Operation) -> str:
    alternatives = operation.node["security"]
    if not alternatives or alternatives == [{}]:
        return "none, the call is public"
    return " or ".join(" and ".join(f"`{name}`" for name in item) or "none" for item in alternatives)


def _find_out(operation: Operation) -> str:
    node = operation.node
    if operation.effect != "unsafe":
        return ""
    if lookup := node.get("x-lookup"):
        return (
            f" After a lost answer `OutcomeUnknown.resolve()` looks it up with {_link(operation.api, lookup['operation'])}, by the "
            f"`{node['x-key']}` that was sent."
        )
    if evidence := node.get("x-evidence"):
        calls = " and ".join(_link(operation.api, name) for name in evidence)
        return f" After a lost answer {calls} {'tells' if len(evidence) == 1 else 'tell'} whether it was done."
    return ""


def _link(api: Api, name: str) -> str:
    operation = api.by_id(name)
    return f"[`{name}`]({slug(operation.tag)}.md#{operation.anchor})"


def _paging(paging: Json) -> str:
    if paging["style"] == "cursor":
        return (
            f"by cursor: the header `{paging['next-header']}` gives the next `{paging['cursor']}`. A `Page` goes on with `.next()`, "
            "`.all()` walks through all of them."
        )
    return (
        f"by number: `{paging['offset']}` skips, `{paging['limit']}` bounds (default {paging['default-limit']}). A `Page` goes on with "
        "`.next()`, `.all()` walks through all of them."
    )


def _inputs(api: Api, inputs: list[Input]) -> str:
    return _table(
        ["Name", "Type", "Limits", "Meaning"],
        (
            [_input_name(item), type_text(item.schema), limits(item.schema, api.resolve(item.schema)), _meaning(item)]
            for item in inputs
        ),
    )


def _input_name(item: Input) -> str:
    need = ' <span class="required">required</span>' if item.required and not item.ignored else ""
    place = f"<br><small>in the {_PLACES[item.place]}</small>" if item.place in _PLACES else ""
    return f"`{item.wire}`{need}{place}"


def _meaning(item: Input) -> str:
    text = cell(item.text)
    if item.ignored and "const" not in item.schema:
        text += " *Not in the Python clients.*"
    elif item.name != item.wire and not item.ignored:
        text += f" In Python: `{item.name}`."
    if item.joined:
        text += " Sent as one list with commas."
    return text


def _body(operation: Operation) -> str:
    bodies = operation.body_schemas()
    if not bodies:
        return ""
    text = f"### Request body {{ #{operation.anchor}-body }}\n\n"
    description = operation.api.resolve(operation.node["requestBody"]).get("description", "")
    text += f"{prose(description)}\n\n" if description else ""
    for name, schema in bodies:
        title = f"[{name}](schemas.md#{name})" if name else "JSON"
        text += f"{title}: {prose(operation.api.describe(schema))}\n\n" if len(bodies) > 1 or name else ""
        text += _inputs(operation.api, operation.body_fields(schema)) + "\n"
        if found := rules(schema):
            text += "Together:\n\n" + "\n".join(f"- {rule}" for rule in found) + "\n\n"
    media = "application/json"
    content = operation.api.resolve(operation.node["requestBody"])["content"][media]
    return text + _examples(operation.api, media, content, "Body")


def _answer(operation: Operation, response: Response) -> str:
    api = operation.api
    text = f"**{response.status}** {prose(response.text)}\n\n"
    for media, content in response.content.items():
        schema = content.get("schema", {})
        text += f"`{media}`: {type_text(schema)}\n\n"
        text += _shape(api, schema)
    if response.headers:
        rows = [
            [f"`{name}`", type_text(header["schema"]), cell(header["description"])]
            for name, item in response.headers.items()
            for header in [api.resolve(item)]
        ]
        text += _table(["Header", "Type", "Meaning"], rows) + "\n"
    for media, content in response.content.items():
        text += _examples(api, media, content, "Answer")
    return text


def _shape(api: Api, schema: Json) -> str:
    """The fields of what an answer is made of, so that a reader need not follow the link."""
    inner = api.resolve(schema)
    envelope = api.document.get("x-envelope")
    if envelope:
        properties, _ = flat(api, inner)
        inner = properties.get(envelope["result"], inner)
        text = f"In `{envelope['result']}`: {type_text(inner)}\n\n"
        branches = [part for part in inner.get("oneOf", []) if part.get("type") != "null"]
        inner = branches[0] if len(branches) == 1 else inner
        if "properties" in inner:
            return text + _fields(api, inner)
        return text + _shape_of_items(api, inner)
    return _shape_of_items(api, inner)


def _shape_of_items(api: Api, schema: Json) -> str:
    inner = api.resolve(schema)
    while inner.get("type") == "array" and "items" in inner:
        inner = api.resolve(inner["items"])
    if isinstance(inner.get("additionalProperties"), dict) and "properties" not in inner:
        inner = api.resolve(inner["additionalProperties"])
    return _fields(api, inner)


def _fields(api: Api, schema: Json, page: str = "schemas.md") -> str:
    """Fields of an object, or columns of a row."""
    if "prefixItems" in schema:
        return (
            _table(
                ["#", "Column", "Type", "Meaning"],
                (
                    [str(number), f"`{column['title']}`", type_text(column, page), cell(api.describe(column))]
                    for number, column in enumerate(schema["prefixItems"])
                ),
            )
            + "\n"
        )
    properties, required = flat(api, schema)
    if not properties:
        return ""
    return _table(["Field", "Type", "Limits", "Meaning"], _field_rows(api, properties, required, page)) + "\n"


def _field_rows(api: Api, properties: Json, required: list[str], page: str, before: str = "") -> Iterator[list[str]]:
    for name, schema in properties.items():
        mark = "" if name in required else '<br><small class="optional">may be missing</small>'
        old = '<br><small class="optional">deprecated</small>' if schema.get("deprecated") else ""
        yield [
            f"`{before}{name}`{mark}{old}",
            type_text(schema, page),
            limits(schema, {} if "$ref" in schema else schema),
            cell(api.describe(schema)),
        ]
        inner = schema.get("items", schema)
        for part in [inner, *inner.get("oneOf", [])]:
            if "properties" in part:
                yield from _field_rows(api, part["properties"], part.get("required", []), page, f"{before}{name}.")


def _examples(api: Api, media: str, content: Json, word: str) -> str:
    examples: Json = content.get("examples") or (
        {"example": {"value": content["example"]}} if "example" in content else {}
    )
    text = ""
    for name, item in examples.items():
        example = api.resolve(item)
        title = example.get("summary") or (word if name == "example" else f"{word}: {name.replace('_', ' ')}")
        value = example["value"]
        code = example_text(value) if "json" in media else str(value)
        language = "json" if "json" in media else "html"
        quoted = title.replace('"', "'").strip()
        text += f'??? example "{quoted}"\n\n{_indent(f"```{language}{chr(10)}{code}{chr(10)}```")}\n\n'
    return text


# Errors


def _shared_errors(api: Api) -> dict[str, Json]:
    found: dict[str, Json] = api.document["components"].get("responses", {})
    return found


def _raised(operation: Operation) -> dict[str, str]:
    """The error in Python for each status."""
    raised: dict[str, str] = {}
    for call in operation.calls:
        method = call.merged.method if call.merged else call.method
        for kind, reason in method.errors:
            raised.setdefault(reason.partition(":")[0], kind)
    return raised


def _errors(operation: Operation) -> str:
    raised = _raised(operation)
    rows: list[list[str]] = []
    own = ""
    for response in operation.responses:
        if response.good:
            continue
        if response.shared:
            meaning = f"{cell(first_sentence(response.text))} [Body](errors.md#{slug(response.shared)})"
        else:
            meaning = cell(response.text)
            for media, content in response.content.items():
                if schema := content.get("schema"):
                    meaning += f" `{media}`: {type_text(schema)}."
                own += _examples(operation.api, media, content, response.status)
        rows.append([f"`{response.status}`", meaning, f"`{raised.get(response.status, 'APIError')}`"])
    envelope = operation.api.document.get("x-envelope")
    if envelope:
        rows.insert(
            0,
            [
                "`200`",
                f"`{envelope['error']}` is true in the envelope; `{envelope['code']}` tells the reason.",
                "`APIError`",
            ],
        )
    return _table(["Status", "Meaning", "Raises"], rows) + "\n" + own


def _errors_page(api: Api, errors: dict[str, Json]) -> str:
    parts = [
        _front("Errors", f"{api.label}: bodies of errors"),
        "# Errors\n",
        "Answers that several operations share, with their bodies. How the Python clients raise them is told with each operation.\n",
    ]
    for name, response in errors.items():
        users = [
            (operation, status)
            for operation in api.operations
            for status, item in operation.node["responses"].items()
            if item.get("$ref", "").endswith(f"/{name}")
        ]
        statuses = "/".join(sorted({status for _, status in users}))
        parts.append(f"## {statuses} {_spaced(name)} {{ #{slug(name)} }}\n")
        parts.append(f"{prose(response['description'])}\n")
        if outcome := response.get("x-outcome"):
            known = {
                "refused": "The server declined: nothing was changed.",
                "unknown": "Nobody knows whether it was done.",
            }
            parts.append(f"{known[outcome]}\n")
        for media, content in response.get("content", {}).items():
            schema = content.get("schema", {})
            parts.append(f"`{media}`: {type_text(schema)}\n")
        headers = response.get("headers", {})
        if headers:
            rows = [
                [f"`{key}`", type_text(h["schema"]), cell(h["description"])]
                for key, i in headers.items()
                for h in [api.resolve(i)]
            ]
            parts.append(_table(["Header", "Type", "Meaning"], rows))
        parts += [_examples(api, media, content, "Body") for media, content in response.get("content", {}).items()]
        links = ", ".join(dict.fromkeys(_link(api, operation.id) for operation, _ in users))
        parts.append(f"Answer of {links}.\n{{ .uses }}\n" if links else "")
    return "\n".join(parts)


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).capitalize()


# Schemas


def _schemas_page(api: Api) -> str:
    uses = _uses(api)
    parts = [
        _front("Schemas", f"{api.label}: objects, rows and words"),
        "# Schemas\n",
        "Everything that has a name in the document, in alphabetical order. Fields that are not marked are always there.\n",
    ]
    for name in sorted(api.schemas, key=str.lower):
        schema = api.schemas[name]
        parts.append(f"## {name} {{ #{name} }}\n")
        parts.append(_schema(api, name, schema))
        if found := uses.get(name):
            parts.append(f"In {', '.join(found)}.\n{{ .uses }}\n")
    return "\n".join(parts)


def _schema(api: Api, name: str, schema: Json) -> str:
    text = f"{prose(api.describe(schema))}\n\n"
    kind = type_text({key: value for key, value in schema.items() if key != "properties"}, "")
    bounds = limits({}, schema)
    text += f"Type: {kind}{f'; {bounds}' if bounds and 'enum' not in schema else ''}\n\n"
    if "enum" in schema:
        text += _values(schema)
    text += _fields(api, schema, "")
    if found := rules(schema):
        text += "Together:\n\n" + "\n".join(f"- {rule}" for rule in found) + "\n\n"
    for number, example in enumerate(schema.get("examples", [])):
        text += f'??? example "Example{f" {number + 1}" if number else ""}"\n\n'
        text += _indent(f"```json\n{example_text(example)}\n```") + "\n\n"
    return text


def _values(schema: Json) -> str:
    """Values that the description does not list by itself."""
    text = str(schema.get("description", ""))
    missing = [
        value
        for value in schema["enum"]
        if value is not None and not re.search(rf"^\s*[-*] `?{re.escape(str(value))}`?(\W|$)", text, re.MULTILINE)
    ]
    return f"Values: {', '.join(f'`{value}`' for value in missing)}\n\n" if missing else ""


def _uses(api: Api) -> dict[str, list[str]]:
    """Schemas and operations that refer to each schema."""
    uses: dict[str, list[str]] = {}

    def note(node: object, link: str) -> None:
        for name in dict.fromkeys(_references(node)):
            uses.setdefault(name, [])
            if link not in uses[name]:
                uses[name].append(link)

    for operation in api.operations:
        link = f"[`{operation.id}`]({slug(operation.tag)}.md#{operation.anchor})"
        good = [item for status, item in operation.node["responses"].items() if status.startswith("2")]
        parameters = [api.resolve(item) for item in operation.node.get("parameters", [])]
        note([good, parameters, operation.node.get("requestBody", {})], link)
    for name, schema in api.schemas.items():
        note(schema, f"[{name}](#{name})")
    return uses


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and str(value).startswith("#/components/schemas/"):
                yield str(value).rpartition("/")[2]
            elif key not in ("example", "examples"):
                yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)
