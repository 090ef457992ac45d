"""Tables: three databases that share no key.

registry.py knows people and no ballot, and with it catalogue.py, what outlives a round, planning.py, what comes before
one, and results.py, what comes after; box.py knows ballots and no person; issuer.py, for an issuer that is a process of
its own, knows what it signed blindly. columns.py is what two of them spell alike.

Here live tables and constraints. Never here: behaviour.
"""
