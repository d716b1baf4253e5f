"""Large synthetic extracts, and the measured runs of the bars the pipeline must meet."""
