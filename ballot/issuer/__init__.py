"""An issuer as a process of its own: its keys, its copy of the roll, its log, its operator's consent, its statement.

Here lives what runs on an issuer's machine, and in acts.py what every issuer does wherever it runs. Never here: the
registry's or the box's tables, or a credential before the list is fixed.
"""
