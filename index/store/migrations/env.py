"""Alembic's entry: runs the migrations of one of our two databases on a connection that is already open."""

from alembic import context

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    version_table=config.attributes["version_table"],
    transactional_ddl=True,
)
context.run_migrations()
