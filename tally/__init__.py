"""The floor of the house: reads the record of a round, checks all of it, counts and reports.

Here live public computations only. Never here: a web framework, a database, a private key.
"""
