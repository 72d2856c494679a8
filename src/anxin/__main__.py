"""`python -m anxin` is the `anxin` command."""

from anxin.config.cli import main

if __name__ == "__main__":
    main()
