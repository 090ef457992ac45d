"""A whole round with nobody in the hall: the same steps, tools and files as a real one, played from data.

Here live the players. Never here: a rule of the protocol, which is tally's, or a shortcut around one.
"""
