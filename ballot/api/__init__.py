"""What machines may ask of each part, written down as OpenAPI 3.1.

Here live the description and its shapes. Never here: a check, which is the business of the views and what they call.
"""
