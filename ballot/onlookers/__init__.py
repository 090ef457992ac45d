"""Those who see a round without acting in it: the hall before the big screen, observers, a managing authority.

Here lives what each of them may see, and opinions sent in. Never here: an act that moves a round; showing the next
block of a result (projector.py) moves none.
"""
