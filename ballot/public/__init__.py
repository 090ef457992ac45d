"""What everybody may see and check: checkpoints for witnesses, turnout, the record, the board.

Here lives what is shown without an account, and the one table of who may see a result. Never here: an act of a round.
"""
