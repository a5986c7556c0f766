"""python -m tradeloom generate|check|diff|release: the generator's command line. The Makefile calls it."""

from __future__ import annotations

import argparse
import gc
import sys

from .build import APIS, drift, generate, targets


def main() -> int:
    """Run one command; 0 if all is well, 1 if the sources are wrong or the packages drifted."""
    parser = argparse.ArgumentParser(prog="tradeloom", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("generate", help="make the packages whose sources changed")
    make.add_argument("apis", nargs="*", metavar="API", help=f"of {', '.join(APIS)}; all if none is named")
    make.add_argument("--http", default="httpx", choices=("httpx", "httpx2"), help="HTTP library of the packages")
    check = commands.add_parser("check", help="tell whether the packages are what their sources give")
    check.add_argument("apis", nargs="*", metavar="API")
    changed = commands.add_parser(
        "diff",
        help="tell what changed, propose versions, write the changelog",
        description="Exit status: 0 if the versions say what changed, 1 if one hides a breaking change,"
        " 2 if the comparison cannot be made.",
    )
    changed.add_argument("base", nargs="?", default="", help="git revision; the latest release if none is named")
    keep = commands.add_parser("release", help="keep the packages as the latest release")
    keep.add_argument("apis", nargs="*", metavar="API")
    arguments = parser.parse_args()
    unknown = [name for name in getattr(arguments, "apis", ()) if name not in APIS]
    if unknown:
        parser.error(f"no such API: {', '.join(unknown)}; there are {', '.join(APIS)}")
    try:
        if arguments.command == "generate":
            for target in targets(arguments.apis):
                generate(target, _say, http=arguments.http)
            return 0
        if arguments.command == "check":
            return _check(arguments.apis)
        return _versions(arguments)
    except Exception as error:
        from .yamlfile import SourceError

        if not isinstance(error, SourceError):
            raise
        print(error, file=sys.stderr)
        return 1


def _check(names: list[str]) -> int:
    from .changes import check_versions
    from .editions import EditionError

    problems = [
        f"{path}: differs from what its sources give; run `make generate`"
        for target in targets(names)
        for path in drift(target, _say)
    ]
    try:
        problems += check_versions(targets(names), _say)
    except EditionError as error:
        problems.append(str(error))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _versions(arguments: argparse.Namespace) -> int:
    from .changes import diff, release
    from .editions import EditionError

    try:
        if arguments.command == "diff":
            return 0 if diff(targets(), arguments.base, _say) else 1
        release(targets(arguments.apis), _say)
    except EditionError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    gc.disable()  # a run is short and keeps nearly all that it makes; looking for what to free only costs time
    sys.exit(main())
