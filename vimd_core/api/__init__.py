"""The public API, exported by `vimd_core` itself."""
