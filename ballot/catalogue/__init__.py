"""The catalogue of an organisation: bodies, positions, people, who held what when, groups, and its own templates and
rule sets (written by planning/rule_versions.py, which sees what plans use one).

Here lives what outlives a round. Never here: a round, or an act that overwrites the past.
"""
