"""The desk in the hall: who is there, how they are found on the roll, what is printed for them, at which site.

Here live people and paper. Never here: a credential, or a ballot.
"""
