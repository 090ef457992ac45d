"""What the models cannot say of a PostgreSQL database: tables that only grow, that keep an order, or must keep none.

Here lives this SQL. Never here: the same for SQLite, which the migrations make.
"""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, Table, text

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
    """Let the server take no samples of tables that must tell no order; harmless when done before.

    A sample is kept beside the tables, outlives them being filled anew, and holds whoever was there when it was taken.
    Threats B4, K4.
    """
    for table in metadata.sorted_tables:
        if table.dialect_options["sqlite"]["with_rowid"] is False and _is_sampled(connection, table):
            name = connection.dialect.identifier_preparer.format_table(table)
            options = "autovacuum_enabled = false, toast.autovacuum_enabled = false"
            columns = ", ".join(f"ALTER COLUMN {column.name} SET STATISTICS 0" for column in table.columns)
            connection.exec_driver_sql(f"ALTER TABLE {name} SET ({options}), {columns}")


def _is_sampled(connection: Connection, table: Table) -> bool:
    query = (
        "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0 AND attstattarget <> 0"
    )
    return bool(connection.scalar(text(query), {"name": table.name}))
