"""`python -m tally`, and the command `tally`: starts the commands, and loads nothing before that.

Here lives the one line that does. Never here: an import at the top, for each worker process of a verification reads
this file once more when it starts.
"""


def main() -> None:
    """Run a command and exit."""
    from tally.cli import main as run

    run()


if __name__ == "__main__":
    main()
