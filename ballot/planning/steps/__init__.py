"""The eight steps of the wizard: what each page shows, and what each form changes.

Here live the forms, read once at the edge into values. Never here: HTTP, or the saving of a draft (drafts.py).

Each module has `shown(look)`, the values of its page, and `changed(look, form)`, the draft as the form asks for it.
"""
