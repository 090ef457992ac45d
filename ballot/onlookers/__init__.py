"""Those who see a round without acting in it: the hall before the big screen, observers, a managing authority.

Here lives what each of them may see, and opinions sent in. Never here: an act of a round.
"""
