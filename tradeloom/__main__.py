"""python -m tradeloom generate|check: the generator's command line. The Makefile calls it."""

from __future__ import annotations

import argparse
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
    arguments = parser.parse_args()
    unknown = [name for name in arguments.apis if name not in APIS]
    if unknown:
        parser.error(f"no such API: {', '.join(unknown)}; there are {', '.join(APIS)}")
    try:
        if arguments.command == "generate":
            for target in targets(arguments.apis):
                generate(target, _say, http=arguments.http)
            return 0
        return _check(arguments.apis)
    except Exception as error:
        from .yamlfile import SourceError

        if not isinstance(error, SourceError):
            raise
        print(error, file=sys.stderr)
        return 1


def _check(names: list[str]) -> int:
    drifted = [path for target in targets(names) for path in drift(target, _say)]
    for path in drifted:
        print(f"{path}: differs from what its sources give; run `make generate`", file=sys.stderr)
    return 1 if drifted else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
