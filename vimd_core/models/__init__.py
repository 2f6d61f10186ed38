"""The networks, with the published key names."""
