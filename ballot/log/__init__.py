"""The audit log: who did what, chained by hashes; how people read, export and print it.

Here live the entries and their reading. Never here: an act, or who it was that came or voted.
"""
