"""`python -m keys`: the same as the command `keys`. Nothing else lives here."""

from keys.cli import main

if __name__ == "__main__":
    main()
