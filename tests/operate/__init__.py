"""Operating an instance: backup, upgrade, retention, erasure, doctor, logs, metrics."""
