"""A committee's members on pages: what each sees of the work, what organisers see of each, in words.

Here live states and sentences. Never here: an act; those are in committee/ and result/.
"""
