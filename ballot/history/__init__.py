"""History: who was rated when, in which post, with what result; each round on its own base, none added to another.

Here lives what is told of earlier rounds, of our own and of others. Never here: a number that no record or file has.
"""
