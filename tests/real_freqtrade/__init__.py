"""A real Freqtrade server, and how it compares with the sandbox. See compare.py."""
