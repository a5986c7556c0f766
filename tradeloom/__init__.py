"""The generator: specs and overlays in, typed Python packages out."""
