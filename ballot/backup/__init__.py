"""Backups: a server's three parts, each encrypted to a recipient of its own while voting goes on, and their return.

Here live making, reading and restoring them, and a restored box's way back to taking ballots. Never here: registry and
box in one file, a plaintext on the way, or an order of arrival.
"""
