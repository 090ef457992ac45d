"""Settings of one concern each, which config.py puts together: issuers, an identity provider, a site's server.

Here lives reading the environment. Never here: a secret, or a default for one.
"""
