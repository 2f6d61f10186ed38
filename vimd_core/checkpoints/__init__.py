"""Model bundles, and importers of published weights."""
