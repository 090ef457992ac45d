"""Signing documents: a member says which certificate is theirs, and signs what their own machine has verified.

Here lives everything that needs a person's key and a document. Never here: a key that comes out (certificates/ keeps
it), a document that was not made again from a verified record, or the check of a signed one (tally/signed).

    from keys.documents.signing import sign_document
    signed = sign_document(raw, field="ky-1", identity=identity, first=True, at=now)
"""
