"""Custody: whatever opens a private key, signs with it, or destroys it.

Here live keys and the acts done with them. Never here: a key file (see keys/store.py), a ballot, or a web request.
"""
