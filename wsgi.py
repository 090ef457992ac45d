"""The application for a WSGI server: `waitress-serve wsgi:app`; settings come from the environment (ballot/config.py).

Nothing else lives here.
"""

from ballot.app import create_app

app = create_app()
