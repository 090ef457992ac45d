"""`python -m tally`: the same as the command `tally`. Nothing else lives here."""

from tally.cli import main

if __name__ == "__main__":
    main()
