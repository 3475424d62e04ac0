"""How good and how fast dedupe is: `python -m benchmarks.dedup` (labelled pairs), `made` (made-up copies), `curve`."""
