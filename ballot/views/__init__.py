"""Views: read the request, call one use case, pick a template. Never here: a rule."""
