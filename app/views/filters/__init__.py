"""Which captures are listed: filters, chips, search."""
