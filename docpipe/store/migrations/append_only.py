"""Triggers that make records append-only, in SQLite's and PostgreSQL's words. Imports nothing; used by migrations.

Source: 21 CFR 11.10(e), earlier entries are not obscured. Statements here are part of released migrations: add, never change.
"""

from __future__ import annotations


def guard(table: str, dialect: str, *, allow_update: str = "") -> list[str]:
    """Statements that refuse DELETE (and TRUNCATE), and every UPDATE except one for which ``allow_update`` holds.

    ``allow_update``: an SQL condition over OLD and NEW.
    """
    if dialect == "sqlite":
        when = f" WHEN NOT ({allow_update})" if allow_update else ""
        refuse = f"SELECT RAISE(ABORT, '{table} is append-only');"
        return [
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse} END",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}{when} BEGIN {refuse} END",
        ]
    test = f"IF TG_OP = 'UPDATE' AND ({allow_update}) THEN RETURN NEW; END IF; " if allow_update else ""
    function = f"docpipe_{table}_append_only"
    return [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{test}RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE FUNCTION {function}_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}_truncate()",
    ]
