"""A round in the making: eight steps from the rule set to a round in phase draft, in any order, by several organisers.

Here live the drafts and what follows from them by rule. Never here: a round after it was made (ballot/life), or what a
person was by the catalogue before anybody looked (ballot/catalogue).
"""
