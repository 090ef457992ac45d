"""The committee's key: the ceremony, each member's share, the opening test, decryption, the end of a share.

Here live a member's acts and the exchange by files. Never here: a whole private key, or an issuer's or the box's key.
"""
