"""From the bytes of a reply to typed values, exactly.

The straight way is msgspec in C. Replies that it cannot read take a second look in Python, which knows what servers do:
bare `NaN` (read as null) and `Infinity`, rows with new columns, times in odd spellings, `[]` for an empty map, integers
spelt `5.0`. What still does not fit is an InvalidReply that names the place.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar, cast, get_args, get_origin

import msgspec

from .shapes import alternatives, fields, is_model, is_row, unwrap, walk
from .wire import EPOCH, read_decimal, read_integer, read_time, whole_number

__all__ = ["Decoder", "Misfit", "parse"]

T = TypeVar("T")

# What msgspec reads although it should not, or not as it does: worth the second look. Strings that Decimal() takes
# although they are no decimals ("NaN", " 1", "1_0", "+1", escapes that spell them; it drops underscores anywhere and
# blanks of every script), and times with an offset other than Z.
_ODD_BLANK = re.compile(rb'" ').search
_ODD_PLUS = re.compile(rb'"_*+\+').search
_ODD_SPACE = re.compile(
    rb'"(?:\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2(?:\x80[\x80-\x8a\xa8\xa9\xaf]|\x81\x9f)|\xe3\x80\x80)'
).search
_ODD_WORD = re.compile(
    rb'"[-_]*+(?:[sS]?_*+[nN]_*+[aA]_*+[nN][0-9_ \x80-\xff]*+"|[iI]_*+[nN]_*+[fF][iInNtTyY_ \x80-\xff]*+")'
).search
_ODD_UNDERSCORE = re.compile(rb'"[-+0-9.eE \x80-\xff]*+_[-+0-9.eE_ \x80-\xff]*+"').search
_OFFSET = re.compile(rb":[0-9][0-9](?:\.[0-9]+)?[-+]").search
# Most of those expressions take longer than reading the reply, so each is tried only where something quicker to find
# is there too: an underscore between such characters, or what is left of the others in the outline of the reply. That
# has only quotes, colons and the letters of the words, in lower case, so that a word begins `"nan` or `"inf`, a time of
# day is `::`, and one in UTC goes on with `z`. What else may begin an odd decimal, or hide it, is a byte beyond ASCII.
_KEPT = b'":nNaAiIfFzZ\\+' + bytes(range(128, 256))
_OUTLINE = bytes(range(256)).lower().translate(bytes.maketrans(b"\\+", b"\xff\xff"))
_DROPPED = bytes(set(range(256)) - set(_KEPT))
# Of what may be odd: a quoted decimal of two characters.
_SHORTEST = 4
_ASCII = bytes(set(range(128)) - set(b'"'))
_LIKE_UNDERSCORE = re.compile(
    rb'_[-+0-9._"eE \x80-\xff]'
    rb'(?:(?<=[-+0-9._"\x80-\xff]_[^eE])|(?<=[0-9._\x80-\xff][eE]_.)|(?<=[0-9.\x80-\xff]_[eE]))'
).search
_LIKE_NAN = re.compile(rb'"nan').search
_LIKE_INFINITY = re.compile(rb'"inf').search
_LIKE_OFFSET = re.compile(rb"::(?!z)").search
_LACKING = re.compile(r"Object missing required field `[^`]*`").fullmatch
_PATH = re.compile(r" - at `(?:key in )?(.*)`$", re.DOTALL)
_CONSTANTS = {"NaN": None, "Infinity": Decimal("Infinity"), "-Infinity": Decimal("-Infinity")}
_JSON = json.JSONDecoder(parse_float=Decimal, parse_constant=_CONSTANTS.__getitem__)
_JSON_TYPES = {"dict": "object", "list": "array", "Decimal": "number"}
_UNREAD = (msgspec.DecodeError, UnicodeDecodeError, RecursionError, InvalidOperation)
_BUILDING = threading.Lock()


class Misfit(Exception):
    """A body does not fit the type it is read as."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path


def parse(content: bytes) -> Any:
    """Untyped JSON with exact numbers; bare NaN is None, bare Infinity a Decimal. ValueError if it is no JSON."""
    try:
        value = _JSON.decode(content.decode())
        if b"\\ud" in content.lower():
            # An escape may spell half a character, which is no text.
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except InvalidOperation:
        raise ValueError("a number beyond all bounds") from None
    return value


def _hook(kind: Any, raw: Any) -> Any:
    """What msgspec calls for types it does not know."""
    return kind.read(raw)


def _odd_start(content: bytes) -> bool:
    if content.find(b"+") >= 0 and _ODD_PLUS(content):
        return True
    return not content.isascii() and _ODD_SPACE(content.translate(None, _ASCII)) is not None


def _odd_word(content: bytes) -> bool:
    # An outline with all letters is quicker to make than the words are to look for.
    outline = content.translate(_OUTLINE, b"-_sS")
    return (_LIKE_NAN(outline) or _LIKE_INFINITY(outline)) is not None and _ODD_WORD(content) is not None


class Decoder(Generic[T]):
    """Reads one type. Built on first use, since building reads the annotations of every class in it."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind
        self._fast: msgspec.json.Decoder[T] | None = None
        self._decimals = self._times = self._guarded = False

    def decode(self, content: bytes) -> T:
        """The typed value, or a Misfit."""
        fast = self._fast or self._build()
        # Looked for first, so that what it takes to look is not in memory together with the result.
        if self._guarded and len(content) >= _SHORTEST and self._odd(content):
            return self.second_look(content)
        try:
            return fast.decode(content)
        except _UNREAD as error:
            return self._unread(content, error)

    def _odd(self, content: bytes) -> bool:
        """Whether a reply may hold something that was not read as it should be."""
        # In this order and by these methods since most replies are short: `in` takes twice as long as `find`.
        outline = content.translate(_OUTLINE, _DROPPED)
        if not outline.isascii() and (content.find(b"\\") >= 0 or (self._decimals and _odd_start(content))):
            return True
        if self._times and _LIKE_OFFSET(outline) and _OFFSET(content):
            return True
        if not self._decimals:
            return False
        if content.find(b" ") >= 0 and _ODD_BLANK(content):
            return True
        if (_LIKE_NAN(outline) or _LIKE_INFINITY(outline)) and _odd_word(content):
            return True
        return _LIKE_UNDERSCORE(content) is not None and _ODD_UNDERSCORE(content) is not None

    def _build(self) -> msgspec.json.Decoder[T]:
        with _BUILDING:
            kinds = list(walk(self.kind))
            # Only the lax mode reads quoted integers and unix times.
            strict = not any(form in ("quoted", "unix") for _, form in kinds)
            self._decimals = any(kind is Decimal for kind, _ in kinds)
            self._times = any(kind is datetime for kind, _ in kinds)
            self._guarded = self._decimals or self._times
            self._fast = msgspec.json.Decoder(self.kind, strict=strict, dec_hook=_hook, float_hook=Decimal)
            return self._fast

    def _unread(self, content: bytes, error: Exception) -> T:
        return self.second_look(content)

    def second_look(self, content: bytes) -> T:
        """The typed value, read in Python, or a Misfit."""
        try:
            raw = parse(content)
        except ValueError as error:
            raise Misfit(f"not JSON: {error}", "$") from None
        try:
            fitted = fit(raw, self.kind, "$")
            return cast("T", msgspec.convert(fitted, self.kind, dec_hook=_hook))
        except msgspec.ValidationError as error:
            text = str(error)
            match = _PATH.search(text)
            raise Misfit(_PATH.sub("", text), match.group(1) if match else "$") from None


class _Choice(Decoder[T]):
    """Reads one model of several."""

    def _unread(self, content: bytes, error: Exception) -> T:
        # A second look does not find the fields that an object lacks, and takes longer than the other choices.
        if _LACKING(str(error)):
            raise Misfit(str(error), "$")
        return super()._unread(content, error)


class FirstThatFits(Decoder[T]):
    """Reads a union of models, which msgspec does not: the first that fits is it."""

    def __init__(self, kind: Any) -> None:
        super().__init__(kind)
        self._choices = [_Choice[T](choice) for choice in alternatives(kind)]

    def decode(self, content: bytes) -> T:
        """The typed value, or the Misfit of the first choice."""
        for choice in self._choices:
            with suppress(Misfit):
                return choice.decode(content)
        # None of them; what is wrong is told of the first.
        return self._choices[0].second_look(content)


def decoder_for(kind: Any) -> Decoder[Any]:
    """The decoder that a type needs."""
    return FirstThatFits(kind) if sum(is_model(choice) for choice in alternatives(kind)) > 1 else Decoder(kind)


def fit(raw: Any, annotation: Any, path: str) -> Any:
    """Parsed JSON, changed where needed so that msgspec can read it as `annotation`; Misfit where nothing helps."""
    kind, form = unwrap(annotation)
    choices = alternatives(kind)
    if len(choices) > 1:
        return _fit_union(raw, choices, path)
    if kind is Decimal:
        return _fit_decimal(raw, path)
    if kind is int:
        return _fit_integer(raw, form, path)
    if kind is datetime:
        return _fit_time(raw, form, path)
    if kind in (str, bool) and not isinstance(raw, kind):
        raise Misfit(f"Expected `{kind.__name__}`, got `{_json_type(raw)}`", path)
    origin = get_origin(kind) or kind
    if origin is dict:
        raw = {} if raw == [] and form == "empty-list" else _expect(raw, dict, path)
        inner = get_args(kind)[1]
        return {key: fit(value, inner, f"{path}[{key!r}]") for key, value in raw.items()}
    if origin is list or (origin is tuple and not is_row(origin)):
        inner = get_args(kind)[0]
        return [fit(item, inner, f"{path}[{i}]") for i, item in enumerate(_expect(raw, list, path))]
    if is_row(kind):
        columns = fields(kind)
        # Servers append columns; what the document does not name is left out.
        row = _expect(raw, list, path)[: len(columns)]
        return [
            fit(item, hint, f"{path}[{i}]") for i, (item, (_, _, hint)) in enumerate(zip(row, columns, strict=False))
        ]
    if is_model(kind):
        raw = _expect(raw, dict, path)
        return {key: fit(raw[key], hint, f"{path}.{key}") for _, key, hint in fields(kind) if key in raw}
    return raw


def _expect(raw: Any, kind: type, path: str) -> Any:
    if not isinstance(raw, kind):
        raise Misfit(f"Expected `{_JSON_TYPES[kind.__name__]}`, got `{_json_type(raw)}`", path)
    return raw


def _json_type(raw: Any) -> str:
    return "null" if raw is None else _JSON_TYPES.get(type(raw).__name__, type(raw).__name__)


def _fit_union(raw: Any, choices: tuple[Any, ...], path: str) -> Any:
    if raw is None and type(None) in choices:
        return None
    deepest: Misfit | None = None
    for choice in choices:
        if choice is type(None) or unwrap(choice)[0] is msgspec.UnsetType:
            continue
        try:
            return fit(raw, choice, path)
        except Misfit as misfit:
            # The choice that fitted furthest is the one that was meant.
            deepest = misfit if deepest is None or len(misfit.path) > len(deepest.path) else deepest
    if deepest is not None:
        raise deepest
    return raw


def _fit_decimal(raw: Any, path: str) -> Any:
    if isinstance(raw, str):
        try:
            return read_decimal(raw)
        except ValueError as error:
            raise Misfit(str(error), path) from None
    if isinstance(raw, bool) or not isinstance(raw, (int, Decimal)):
        raise Misfit(f"Expected `decimal`, got `{_json_type(raw)}`", path)
    return raw


def _fit_integer(raw: Any, form: str, path: str) -> Any:
    try:
        return read_integer(raw) if isinstance(raw, str) and form == "quoted" else whole_number(raw)
    except ValueError as error:
        raise Misfit(str(error), path) from None


def _fit_time(raw: Any, form: str, path: str) -> Any:
    if form == "unix" and isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        try:
            return EPOCH + timedelta(microseconds=int(raw * 1_000_000))
        except (OverflowError, ValueError) as error:
            raise Misfit(f"Invalid unix time {raw}: {error}", path) from None
    if form == "unix" or not isinstance(raw, str):
        raise Misfit(f"Expected `datetime`, got `{_json_type(raw)}`", path)
    try:
        return read_time(raw)
    except ValueError as error:
        raise Misfit(str(error), path) from None
