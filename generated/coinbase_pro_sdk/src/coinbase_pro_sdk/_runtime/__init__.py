"""The part of every SDK that names no API: requests, signing, decoding, errors, pages."""
