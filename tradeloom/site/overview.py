"""The first page about an API: what it has, how to get in, and what its document says of the whole."""

from __future__ import annotations

import re

from tradeloom.lowering import Json

from .blocks import badge, front, indent, table, title_of
from .reading import Api, slug
from .words import cell, prose

__all__ = ["overview"]


def overview(api: Api) -> str:
    """The first page."""
    info, sdk = api.document["info"], api.package.sdk
    parts = [
        front(api.label, info.get("summary", "")),
        f"# {info['title']}\n",
        f"{prose(info.get('summary', ''))}\n",
        f"[Interactive reference](../../interactive/{api.name}.html){{ .md-button .md-button--primary }}\n"
        f"[OpenAPI as YAML](../../documents/{api.name}.yaml){{ .md-button download }}\n"
        f"[as JSON](../../documents/{api.name}.json){{ .md-button download }}\n",
        table(
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
        parts += [f"### [{title_of(tag)}]({page})\n"]
        parts += [f"{prose(tag['description'])}\n", table(["Call", "What it does", "Effect"], rows)]
    parts += ["## Credentials\n", _credentials(api), "## Servers\n"]
    parts.append(
        table(["Address", "What it is"], [[f"`{s['url']}`", cell(s["description"])] for s in api.document["servers"]])
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
            done.append(f'{title}\n\n!!! warning ""\n\n{indent(body.strip())}\n\n')
        else:
            done.append(re.sub(r"^\*\*(Quota|Rate limits?)\*\*:?((?:.+\n?)+)", _set_apart, section, flags=re.MULTILINE))
    return "".join(done)


def _set_apart(match: re.Match[str]) -> str:
    return f'!!! warning "{match.group(1)}"\n\n{indent(match.group(2).strip())}\n'


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
    text = table(["Argument", "Environment", "Meaning"], rows)
    schemes: Json = api.document["components"]["securitySchemes"]
    text += "\nOn the wire:\n\n"
    return text + table(
        ["Scheme", "Where", "Meaning"],
        [[f"`{name}`", _where(scheme), cell(scheme["description"])] for name, scheme in schemes.items()],
    )


def _where(scheme: Json) -> str:
    if scheme["type"] == "apiKey":
        return f"{scheme['in']} `{scheme['name']}`"
    return f"header `Authorization: {scheme['scheme'].capitalize()} …`"
