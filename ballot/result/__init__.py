"""From the close to a result that stands: the record, the count, paper beside it, documents, signatures, certifying.

Here live these acts, and what their minutes need from earlier: the book of incidents, the agreed wait. Never here: a
sum or a check of a proof; those are the tally's, in processes of its own.
"""
