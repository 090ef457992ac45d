"""Tables: two databases that share no key. registry.py knows people and no ballot; box.py knows ballots and no person.

Here live tables and constraints. Never here: behaviour.
"""
