"""What an operator should know of a cluster that answers: copies that are missing, disks that are full."""

from collections.abc import Iterator

from index.engine.elastic_client import Cluster, errors


def complaints(cluster: Cluster) -> Iterator[tuple[bool, str, str]]:
    """(whether it is a problem, what is, what to do) for the index behind the alias. Raises EngineError."""
    client = cluster.client()
    try:
        with errors(cluster):
            status = client.cluster.health(index=cluster.alias, filter_path=["status"])["status"]
            found = client.indices.get_settings(index=cluster.alias, name="index.blocks.*", flat_settings=True)
        if status == "red":
            yield (
                True,
                f"{cluster.where} lacks a part of the search index (red)",
                ("Start the nodes that are away; if their data is lost, run `gigdex rebuild`."),
            )
        if status == "yellow":
            yield (
                False,
                f"{cluster.where} has no second copy of the search index (yellow)",
                ("Start the nodes that are away, or add one; a copy lost is made again by `gigdex rebuild`."),
            )
        blocks = {key for index in found.body.values() for key, on in index["settings"].items() if on == "true"}
        if "index.blocks.read_only_allow_delete" in blocks:
            yield (
                True,
                f"a disk of {cluster.where} is full, so it takes no writes (flood-stage watermark)",
                ("Make room there; Elasticsearch takes writes again by itself, and ingest goes on."),
            )
        elif blocks:
            yield (
                True,
                f"the search index at {cluster.where} is blocked: {', '.join(sorted(blocks))}",
                ("Remove the block: `PUT /ALIAS/_settings` with null for it."),
            )
    finally:
        client.close()
