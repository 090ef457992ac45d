"""The life of a round as a whole: made, sealed, its day on one page, annulled, archived, forgotten.

Here live acts about all of a round. Never here: a slip, a ballot or a number of the result.
"""
