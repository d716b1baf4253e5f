"""`python -m pipelines` is the `stimaudit` command."""

from pipelines.commands.cli import main

if __name__ == "__main__":
    main()
