"""What everybody may see and check: checkpoints for witnesses, turnout, the record, the board.

Here lives what is shown to everybody, who is let in as a witness of it, and the one table of who may see a result.
Never here: an act that moves a round.
"""
