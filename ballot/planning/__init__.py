"""A round in the making: eight steps from the rule set to a round in phase draft, in any order, by several organisers.

Here live the drafts, what follows from them by rule, and versions of own rule sets, which no draft may lose. Never
here: a round after it was made (ballot/life), or what a person was by the catalogue before anybody looked
(ballot/catalogue).
"""
