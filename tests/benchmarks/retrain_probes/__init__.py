"""Parts of `vimd benchmark retrain`."""
