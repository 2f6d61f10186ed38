"""One SQLite file: connections, schema, migrations, backups."""
