"""The way of a slip: ordered, handed to a station, signed by every issuer, delivered, frozen into the list.

Here lives the registry's half of issuing. Never here: a slip's code or a credential in the clear; a ballot.
"""
