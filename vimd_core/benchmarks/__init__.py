"""What a user may ask of this machine: `vimd benchmark NAME`."""
