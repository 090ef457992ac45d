"""Somebody who watches the ballot box from outside: their key, what they fetch, what they sign, their own copy.

Here lives the half of a witness that holds a key or asks a server. Never here: what a copy means (tally/accusing.py).
"""
