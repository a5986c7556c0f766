"""The command line of a package: every operation as a command. Comes with the extra `cli`; nothing else imports it."""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .tree import Tree

__all__ = ["run"]


def run(tree: Tree) -> None:
    """Run the command line with the arguments of this process, and end the process."""
    if find_spec("click") is None or find_spec("rich") is None:
        sys.exit(f"{tree.program}: needs the extra `cli`; install it with pip install '{tree.distribution}[cli]'")
    # What is imported from here on stays; looking through it again and again for garbage costs 20 ms of a start. One
    # call leaves no garbage to speak of; a walk through many pages switches this on again.
    gc.disable()
    from .application import Application

    Application(tree).main(prog_name=tree.program)
