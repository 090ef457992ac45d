"""The catalogue of an organisation: bodies, positions, people, who held what when, groups, and its own templates.

Here lives what outlives a round. Never here: a round, or an act that overwrites the past.
"""
