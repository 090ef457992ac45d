"""Who has an account, in which organisation, and how they prove who they are.

Here live accounts, passwords, second factors, an organisation's identity provider. Never here: what somebody may do
(access.py), or a voter.
"""
