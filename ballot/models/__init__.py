"""Tables: four databases that share no key, and the box's second copy.

registry/ knows people and no ballot, a module for each thing its tables are about; box.py knows ballots and no person,
and copy.py is what its second copy keeps; issuer.py, for an issuer that is a process of its own, knows what it signed
blindly; site.py is a remote hall's server. columns.py is what several of them spell alike.

Here live tables and constraints. Never here: behaviour.
"""
