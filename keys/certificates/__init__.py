"""Certificates: the hall's TLS, and the identities that sign minutes and reports.

Here live X.509, PKCS#12 and the authorities that issue them. Never here: a key of a round, or a vote.
"""
