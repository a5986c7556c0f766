"""Servers to build bots against: each behaves like its API, and answers only what its document allows.

`replay` is the exception: it repeats what servers answered once.
"""
