"""A server that fails on purpose, and the clients that are tried against it.

`server` speaks HTTP/1.1 over bare sockets and breaks it in every way, `worlds` answers for the three APIs and keeps the
journal of what was carried out, `clients` makes clients of every kind and names one call of each effect.
"""
