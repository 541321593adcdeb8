"""``python -m reportkit`` is the command line."""

from reportkit.cli import main

if __name__ == "__main__":
    main()
