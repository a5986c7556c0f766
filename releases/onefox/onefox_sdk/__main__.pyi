from ._runtime.cli import run
__all__ = ['main']

def main() -> None:
    ...
