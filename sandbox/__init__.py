"""Servers on this machine that stand in for the three APIs, and a tour of the packages against them."""
