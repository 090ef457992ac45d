"""The web application and the demonstration: speaks the protocol, holds no trustee key, cannot count.

Here live the hall's processes. Never here: a private key in the clear, or a sum.
"""
