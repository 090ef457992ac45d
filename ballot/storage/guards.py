"""What the models cannot say of a PostgreSQL database: tables that only grow, that keep an order, or must keep none.

Here lives this SQL. Never here: the same for SQLite, which the migrations make.
"""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, text

PLACED = ("slip_order",)
"""People wait for these rows in the order in which they came: what is a row number in SQLite is a column here."""
ONLY_GROW = {
    "audit_entry": "NEW.height <> 1 + (SELECT coalesce(max(height), 0) FROM audit_entry"
    " WHERE organisation_id = NEW.organisation_id)",
    "audit_head": "EXISTS (SELECT 1 FROM audit_head WHERE organisation_id = NEW.organisation_id"
    " AND height = NEW.height AND round_id = NEW.round_id)",
    "incident": "false",
    "incident_settled": "false",
}
"""Table: when a new row is refused; a change, a deletion and an emptying always are."""
_REFUSE = "RAISE EXCEPTION 'append-only' USING ERRCODE = 'integrity_constraint_violation'"


def guard(connection: Connection, metadata: MetaData) -> None:
    """Add to a new database of these models what only SQL can say."""
    for table in PLACED:
        if table in metadata.tables:
            connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN placed bigserial")
    for table, refused in ONLY_GROW.items():
        if table in metadata.tables:
            grow_only(connection, table, refused=refused)


def grow_only(connection: Connection, table: str, *, refused: str = "false") -> None:
    """Let a table only grow, by rows for which `refused` (SQL about NEW) does not hold; on PostgreSQL."""
    for name, body in (("kept", _REFUSE), ("appended", f"IF {refused} THEN {_REFUSE}; END IF; RETURN NEW")):
        function = f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; END $$"
        connection.exec_driver_sql(function)
    kept = f"EXECUTE FUNCTION {table}_kept()"
    for name, when in (
        ("kept", f"DELETE OR UPDATE ON {table} FOR EACH ROW {kept}"),
        ("not_emptied", f"TRUNCATE ON {table} FOR EACH STATEMENT {kept}"),
        ("appended", f"INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_appended()"),
    ):
        connection.exec_driver_sql(f"CREATE TRIGGER {table}_{name} BEFORE {when}")


def without_statistics(connection: Connection, metadata: MetaData) -> None:
    """Let the server take no samples of our tables, nor tidy those that must tell no order; harmless when done before.

    A sample is kept beside the tables and outlives them being filled anew: it holds who was there when it was taken,
    the key of a slip that was printed since, the name of a person that was deleted. Threats B4, K4; 5.12.
    """
    sampled: dict[str, list[str]] = {}
    for table_name, column in connection.execute(text(_SAMPLED)):
        sampled.setdefault(table_name, []).append(column)
    spell = connection.dialect.identifier_preparer
    for table in (table for table in metadata.sorted_tables if table.name in sampled):
        changes = [f"ALTER COLUMN {spell.quote(column)} SET STATISTICS 0" for column in sampled[table.name]]
        if table.dialect_options["sqlite"]["with_rowid"] is False:
            changes.append("SET (autovacuum_enabled = false, toast.autovacuum_enabled = false)")
        connection.exec_driver_sql(f"ALTER TABLE {spell.format_table(table)} {', '.join(changes)}")


# What a column is sampled for by default was -1 up to PostgreSQL 16 and is no value since.
_SAMPLED = """
SELECT relname, attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE relkind = 'r' AND pg_table_is_visible(c.oid) AND attnum > 0 AND NOT attisdropped
AND coalesce(attstattarget, -1) <> 0
"""
