"""How quick and how light the packages are, beside everything else that can be installed. Run `make bench`."""
