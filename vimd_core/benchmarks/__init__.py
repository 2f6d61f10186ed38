"""Benchmarks of this machine that a user may run: `vimd benchmark NAME`."""
