"""The commands of `tally` beside those of cli.py: one file each, with the options that several share.

Here live arguments, exit codes and sentences on a screen. Never here: a check or a number.
"""
