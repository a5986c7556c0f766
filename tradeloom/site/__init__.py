"""The published documentation: pages from the documents, laid out by a site generator."""
