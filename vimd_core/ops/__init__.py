"""The selective scan: one dispatch point and its backends."""
