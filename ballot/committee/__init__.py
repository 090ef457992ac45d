"""The committee of a round: who sits in it, how its key is made, when the box may open.

Here live seats, conflicts of interest, the ceremony's mailbox. Never here: a secret of a member.
"""
