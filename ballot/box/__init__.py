"""The ballot box: it takes ballots and gives receipts, tests of terminals, stations' sealed credentials, void slips.

Here lives what the box does while people vote. Never here: a name, a time, a table of the registry.
"""
