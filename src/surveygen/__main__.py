"""Run the command line with ``python -m surveygen``."""

from surveygen.cli import main

if __name__ == "__main__":
    main()
