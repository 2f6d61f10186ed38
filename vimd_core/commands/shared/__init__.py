"""Common parts of subcommands."""
