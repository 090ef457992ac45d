"""Documents that a committee has signed: whether they are those of the record, and signed by those who should sign.

Here lives everything that reads a signed PDF. Never here: a private key (keys/documents signs), trust in a root, a
clock, or the network.

    document.check_signed(raw, expected=…, signers=…)       one file, for whoever has the document and the certificates
    folder.check_folder(verified, folder)                   all of report/signed beside a verified record
"""

from __future__ import annotations

import logging

# What pyHanko has to say comes out as a refusal; it need not write to the terminal as well.
logging.getLogger("pyhanko").addHandler(logging.NullHandler())
logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())
