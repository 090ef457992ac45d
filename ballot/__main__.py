"""`python -m ballot`: the same as the command `ballot`. Nothing else lives here."""

from ballot.cli import main

if __name__ == "__main__":
    main()
