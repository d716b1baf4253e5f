"""Synthetic extracts that plant every outcome of the rule, and the module that makes them."""
