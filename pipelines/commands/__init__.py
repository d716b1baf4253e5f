"""The commands of `stimaudit` beside the nightly ones, by who uses them."""
