"""The only place that plugs the real disk, Git, clock, ids and environment in."""
