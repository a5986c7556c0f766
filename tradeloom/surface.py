"""What of a package people can write in their programs, kept as stubs, and what changed between two of them.

griffe finds what is gone and what is called otherwise. It compares no types; these, and what is new, are found here.
"""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import griffe

from .diff import Change, Level

__all__ = ["Stubs", "compare_stubs", "stubs_of"]

Stubs = Mapping[str, str]
"""Stub files of a package by their path, which starts with the package's name."""


# --- making stubs ----------------------------------------------------------------------------------------------------


def stubs_of(package: Path) -> dict[str, str]:
    """The stubs of the package in that folder: names, signatures and types, without bodies and words."""
    made: dict[str, str] = {}
    for path in sorted(package.rglob("*.py")):
        where = path.relative_to(package.parent).with_suffix(".pyi").as_posix()
        module = ast.parse(path.read_text(encoding="utf-8"))
        kept = _stubbed(module.body, _exported(module))
        module.body = [_without_value(node) for node in kept if not _is_operation(node)]
        made[where] = ast.unparse(module) + "\n"
    return made


def _exported(module: ast.Module) -> set[str] | None:
    for node in module.body:
        if isinstance(node, ast.Assign) and "__all__" in _assigned(node):
            return {*ast.literal_eval(node.value)}
    return None


def _stubbed(body: list[ast.stmt], exported: set[str] | None = None) -> Iterator[ast.stmt]:
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield node
            case ast.FunctionDef() | ast.AsyncFunctionDef() if _public(node.name):
                node.body = [ast.Expr(ast.Constant(...))]
                yield node
            case ast.ClassDef():
                node.body = [*_stubbed(node.body)] or [ast.Expr(ast.Constant(...))]
                yield node
            case ast.If():
                node.body, node.orelse = [*_stubbed(node.body, exported)], [*_stubbed(node.orelse, exported)]
                if node.body:
                    yield node
            case ast.Assign() | ast.AnnAssign():
                names = _assigned(node)
                if names == ["__all__"] or all(_kept(name, exported) for name in names):
                    yield node
            case _:
                pass


def _is_operation(node: ast.stmt) -> bool:
    """What a method is made of; the method is what people call."""
    match node:
        case ast.AnnAssign(annotation=ast.Subscript(value=ast.Name(id="Operation"))):
            return True
        case _:
            return False


def _without_value(node: ast.stmt) -> ast.stmt:
    """Constants of modules: what they are, not what they hold; aliases of types stay."""
    if isinstance(node, ast.AnnAssign) or (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)):
        node.value = ast.Constant(...)
    return node


def _assigned(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id if isinstance(target, ast.Name) else "_" for target in targets]


def _kept(name: str, exported: set[str] | None) -> bool:
    """Whether an assignment matters to users: the version does not, it is compared by itself."""
    return _public(name) and (exported is None or name in exported) and name not in ("__version__", "__slots__")


def _public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


# --- comparing them --------------------------------------------------------------------------------------------------


def compare_stubs(old: Stubs, new: Stubs, name: str) -> list[Change]:
    """What changed in the package of that name for those who use it; breaking changes first."""
    if old == new:
        return []
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        before, after = _loaded(old, name, Path(one)), _loaded(new, name, Path(other))
        changes = [*_broken(before, after), *_compared(before, after)]
    return sorted({*changes}, key=lambda change: (-change.level, change.place, change.words))


def _loaded(stubs: Stubs, name: str, folder: Path) -> griffe.Module:
    for path, text in stubs.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    package = griffe.load(
        name, search_paths=[folder], allow_inspection=False, resolve_aliases=True, resolve_external=False
    )
    assert isinstance(package, griffe.Module)
    return package


def _modules(package: griffe.Module) -> Iterator[griffe.Module]:
    """The package and the public modules in it; what a module does not list in `__all__`, it does not promise."""
    if package.exports is not None:
        yield package
    for module in package.modules.values():
        if isinstance(module, griffe.Module) and _public(module.name):
            yield from _modules(module)


def _change(level: Level, path: str, words: str) -> Change:
    return Change(level, (), path, words)


_KINDS = {
    griffe.BreakageKind.PARAMETER_MOVED: "parameter `{}` stands elsewhere",
    griffe.BreakageKind.PARAMETER_REMOVED: "parameter `{}` is gone",
    griffe.BreakageKind.PARAMETER_CHANGED_KIND: "parameter `{}` is given in another way",
    griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT: "parameter `{}` has another default",
    griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED: "parameter `{}` is now required",
    griffe.BreakageKind.PARAMETER_ADDED_REQUIRED: "parameter `{}` is new and required",
    griffe.BreakageKind.RETURN_CHANGED_TYPE: "the result has no type any more",
    griffe.BreakageKind.OBJECT_REMOVED: "is gone",
    griffe.BreakageKind.OBJECT_CHANGED_KIND: "is another kind of thing",
    griffe.BreakageKind.CLASS_REMOVED_BASE: "has lost a base class",
}


def _broken(before: griffe.Module, after: griffe.Module) -> Iterator[Change]:
    """What griffe finds."""
    later = {module.path: module for module in _modules(after)}
    for module in _modules(before):
        if module.path not in later:
            yield _change(Level.BREAKING, module.path, "is gone")
            continue
        for breakage in griffe.find_breaking_changes(module, later[module.path]):
            parameter = getattr(breakage.old_value or breakage.new_value, "name", "")
            words = _KINDS.get(breakage.kind, str(breakage.kind.value))
            yield _change(Level.BREAKING, breakage.obj.path, words.format(parameter))


def _compared(before: griffe.Module, after: griffe.Module) -> Iterator[Change]:
    """What griffe does not look at: types, orders, and everything new."""
    old, new = _members(before), _members(after)
    for path, item in new.items():
        if path not in old:
            # What is new inside something new goes without saying.
            if path.rpartition(".")[0] not in new or path.rpartition(".")[0] in old:
                yield _change(Level.ADDED, path, "is new")
        elif item.kind is old[path].kind:
            yield from _typed(path, old[path], item)


def _members(package: griffe.Module) -> dict[str, Any]:
    """Public things by the path of where they are defined."""
    found: dict[str, Any] = {}

    def collect(owner: Any) -> None:
        for item in owner.all_members.values():
            if not item.is_public or (item.is_alias and not item.resolved):
                continue
            target = item.final_target if item.is_alias else item
            if target.path in found:
                continue
            if not target.is_module:
                found[target.path] = target
            if target.is_class:
                collect(target)

    for module in _modules(package):
        collect(module)
    return found


def _typed(path: str, old: Any, new: Any) -> Iterator[Change]:
    if new.is_function:
        was = {parameter.name: parameter for parameter in old.parameters}
        for parameter in new.parameters:
            if parameter.name in was:
                what = f"parameter `{parameter.name}`"
                yield from _retyped(path, what, was[parameter.name].annotation, parameter.annotation, taken=True)
            elif not parameter.required:
                yield _change(Level.ADDED, path, f"parameter `{parameter.name}` is new")
        yield from _retyped(path, "the result", old.returns, new.returns, taken=False)
        before, after = _overloads(old), _overloads(new)
        if before != after:
            level = Level.ADDED if {*before} <= {*after} else Level.BREAKING
            yield _change(level, path, "overloads changed")
    elif new.is_attribute:
        yield from _retyped(path, "it", old.annotation, new.annotation, taken=False)
        # The values of enums travel; those of constants are nobody's business.
        if old.parent.is_class and old.value is not None and str(old.value) != str(new.value):
            yield _change(Level.BREAKING, path, f"was {old.value}, is {new.value}")
    elif new.is_class and "NamedTuple" in map(str, new.bases):
        before, after = [*old.attributes], [*new.attributes]
        if before != after:
            yield _change(Level.BREAKING, path, f"elements were {', '.join(before)}, are {', '.join(after)}")


def _overloads(function: Any) -> list[str]:
    return [str(overload.signature()) for overload in function.overloads or ()]


def _retyped(path: str, what: str, old: Any, new: Any, *, taken: bool) -> Iterator[Change]:
    """Another type: arguments may take more than before, results may be fewer things than before."""
    was, now = str(old), str(new)
    if was == now:
        return
    less, more = (_union(was), _union(now)) if taken else (_union(now), _union(was))
    words = f"the type of {what} was {was}, is {now}".replace("the type of it", "its type")
    yield _change(Level.ADDED if less <= more else Level.BREAKING, path, words)


def _union(annotation: str) -> set[str]:
    """The types of a union."""

    def parts(node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            yield from parts(node.left)
            yield from parts(node.right)
        else:
            yield ast.unparse(node)

    return {*parts(ast.parse(annotation, mode="eval").body)}
