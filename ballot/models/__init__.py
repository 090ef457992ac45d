"""Tables: four databases that share no key, and the box's second copy.

registry.py knows people and no ballot, and with it catalogue.py, what outlives a round, planning.py, what comes before
one, results.py and aftercare.py, what comes around and after a count; box.py knows ballots and no person, and copy.py
is what its second copy keeps; issuer.py, for an issuer that is a process of its own, knows what it signed blindly;
site.py is a remote hall's server. columns.py is what two of them spell alike.

Here live tables and constraints. Never here: behaviour.
"""
