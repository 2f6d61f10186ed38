"""Filters: the filter panel, quick filters, chips, search, saved filters."""
