"""The page of a tag: each operation with samples, inputs, answers and errors."""

from __future__ import annotations

from tradeloom.lowering import Json

from .blocks import BADGES, badge, examples, fields_table, front, indent, link, table, title_of
from .reading import Api, Call, Input, Operation, Response, flat, slug
from .samples import samples
from .words import cell, first_sentence, limits, prose, rules, type_text

__all__ = ["tag_page"]

_PLACES = {"path": "path", "query": "query", "header": "header"}


def tag_page(api: Api, tag: Json) -> str:
    """The operations of a tag."""
    title = title_of(tag)
    operations = [operation for operation in api.operations if operation.tag == tag["name"]]
    parts = [
        front(f"{title}", f"{api.label}: {tag['description']}"),
        f"# {title}\n",
        f"{prose(tag['description'])}\n",
        f"[Open in the interactive reference](../../interactive/{api.name}.html#tag/{slug(tag['name'])})\n"
        "{ .also }\n",
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
            text += f'=== "{title}"\n\n{indent(f"```{language}{chr(10)}{code}{chr(10)}```")}\n\n'
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
            " After a lost answer `OutcomeUnknown.resolve()` looks it up with "
            f"{link(operation.api, lookup['operation'])}, by the `{node['x-key']}` that was sent."
        )
    if evidence := node.get("x-evidence"):
        calls = " and ".join(link(operation.api, name) for name in evidence)
        return f" After a lost answer {calls} {'tells' if len(evidence) == 1 else 'tell'} whether it was done."
    return ""


def _paging(paging: Json) -> str:
    if paging["style"] == "cursor":
        return (
            f"by cursor: the header `{paging['next-header']}` gives the next `{paging['cursor']}`. "
            "A `Page` goes on with `.next()`, `.all()` walks through all of them."
        )
    return (
        f"by number: `{paging['offset']}` skips, `{paging['limit']}` bounds (default {paging['default-limit']}). "
        "A `Page` goes on with `.next()`, `.all()` walks through all of them."
    )


def _inputs(api: Api, inputs: list[Input]) -> str:
    return table(
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
    return text + examples(operation.api, media, content, "Body")


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
        text += table(["Header", "Type", "Meaning"], rows) + "\n"
    for media, content in response.content.items():
        text += examples(api, media, content, "Answer")
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
            return text + fields_table(api, inner)
        return text + _shape_of_items(api, inner)
    return _shape_of_items(api, inner)


def _shape_of_items(api: Api, schema: Json) -> str:
    inner = api.resolve(schema)
    while inner.get("type") == "array" and "items" in inner:
        inner = api.resolve(inner["items"])
    if isinstance(inner.get("additionalProperties"), dict) and "properties" not in inner:
        inner = api.resolve(inner["additionalProperties"])
    return fields_table(api, inner)


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
                own += examples(operation.api, media, content, response.status)
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
    return table(["Status", "Meaning", "Raises"], rows) + "\n" + own
