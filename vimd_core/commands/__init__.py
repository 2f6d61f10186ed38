"""One module a subcommand of `vimd`: `add_parser` describes it, `run` does it and returns the exit code."""
