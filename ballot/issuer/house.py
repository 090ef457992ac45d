"""What an issuer's process owns: its settings, its database, its keys, the secret of its link to the registry.

Here they are opened once, in order. Never here: a rule, a request, or anything that the registry owns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from ballot import key_files
from ballot.config import ISSUER, Config
from ballot.issuer.acts import end_issuing
from ballot.issuer.ledger import OwnLedger
from ballot.key_uses import check_keys
from ballot.keyring import Keyring
from ballot.models.issuer import Served
from ballot.settings.errors import BadSetting
from ballot.storage import migrate, open_engine, reading
from ballot.storage.presence import check_there
from keys import signers
from tally.protocol.encoding import sha256_hex
from tally.protocol.issuer_key import IssuerPublicKey
from tally.protocol.manifest import Issuer, Manifest


@dataclass(frozen=True)
class IssuerHouse:
    """Settings, database and keys of one issuer; `rolls` are the references of rounds that were accepted."""

    config: Config
    engine: Engine
    keyring: Keyring
    rolls: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, config: Config) -> IssuerHouse:
        """Open and migrate the database, and refuse to start with a key that is used twice.

        Raises BadSetting, StorageLawBroken, KeyReused.
        """
        if not config.issuing.name:
            raise BadSetting("BALLOT_ISSUER_NAME", allowed="ban-kiem-phieu, …")
        config.instance.mkdir(parents=True, exist_ok=True)
        config.instance.chmod(0o700)
        engine = open_engine(config.issuing.url)
        migrate(engine, "issuer")
        keyring = Keyring(config.keys, config.keys / key_files.MACHINE, token=config.issuing.token)
        house = cls(config, engine, keyring)
        house._check_keys()
        return house

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> IssuerHouse:
        """Open the house that the environment describes, a new one too. Raises what `open` raises."""
        return cls.open(_described(environ))

    @classmethod
    def existing(cls, environ: Mapping[str, str]) -> IssuerHouse:
        """Open that house if it is there, and make none. Raises InstanceMissing and what `open` raises."""
        config = _described(environ)
        check_there([config.issuing.url], settings="BALLOT_ISSUER_DB", first="ballot issuer link")
        return cls.open(config)

    @property
    def name(self) -> str:
        """This issuer's name, as in every manifest."""
        return self.config.issuing.name

    @property
    def link_secret(self) -> str:
        """The secret with which the registry names itself; drawn on first use, mode 0600."""
        return signers.machine_secret(self.config.keys / key_files.OWN_LINK)

    def ledger(self, row: Served) -> OwnLedger:
        """Return the log of a round."""
        manifest = sha256_hex(row.manifest or b"")
        return OwnLedger(self.engine, uuid=row.uuid, issuer=self.name, manifest=manifest, salt=row.salt)

    def destroy_key(self, uuid: str) -> None:
        """Destroy the blind-signing key of a round; harmless when done before."""
        self.keyring.destroy_issuer(uuid, self.name)

    def public(self, row: Served) -> Issuer:
        """Return this issuer's public keys of a round, as the manifest lists them."""
        return Issuer(self.name, IssuerPublicKey.parse(row.key), row.statement_key)

    def finish_what_was_cut_off(self) -> None:
        """Destroy, and note as destroyed, the key of every round whose freeze was cut off after its first step."""
        with reading(self.engine) as session:
            rows = list(session.scalars(select(Served)))
        for row in rows:
            ledger = self.ledger(row)
            if ledger.frozen and not ledger.count(signers.Kind.DESTROYED):
                end_issuing(ledger, lambda uuid=row.uuid: self.destroy_key(uuid))

    def _check_keys(self) -> None:
        with reading(self.engine) as session:
            rows = list(session.scalars(select(Served)))
        manifests = [Manifest.parse(row.manifest) for row in rows if row.manifest]
        check_keys(manifests, issuers=[self.public(row) for row in rows if not row.manifest])


def _described(environ: Mapping[str, str]) -> Config:
    return Config.from_environ({**environ, "BALLOT_ROLES": ISSUER})
