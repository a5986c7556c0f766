"""The contract tests in great numbers: `make fuzz`. Prints a table; ends with 1 if anything was found."""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor

from tests.contract import Report, examine, table
from tests.contract_apis import APIS


def fuzz(name: str, examples: int) -> Report:
    """Try one API."""
    # A chain is up to six calls long.
    return examine(APIS[name], examples=examples, scenarios=examples // 4)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=1000, help="generated cases for each operation")
    parser.add_argument("--api", action="append", choices=list(APIS), help="only this API; may be repeated")
    asked = parser.parse_args()
    names = asked.api or list(APIS)
    with ProcessPoolExecutor(max_workers=2) as pool:
        reports = list(pool.map(fuzz, names, [asked.examples] * len(names)))
    print(table(reports))
    findings = [(report, finding) for report in reports for finding in report.findings]
    for report, finding in findings:
        print(f"\n{report.api} {finding.operation}: {finding.check}\n{finding.text}\n{finding.example}")
    for report in reports:
        for error in report.errors:
            print(f"\n{report.api}: {error}")
    sent = sum(sum(report.cases.values()) for report in reports)
    print(f"\n{sent} cases, {len(findings)} findings")
    return 1 if findings or any(report.errors for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
