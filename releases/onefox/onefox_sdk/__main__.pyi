from ._runtime.cli import run

def main() -> None:
    ...
