"""What voters may read of a rated person before and during voting: self-report, asset declaration, explanation.

Here live taking the papers, drawing their pages, and the reading room. Never here: a byte of an uploaded file handed
on, or a trace of who read what.
"""
