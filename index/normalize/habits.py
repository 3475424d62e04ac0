"""What a posting means by its board alone: facts of the sites' forms, where a posting doesn't repeat them."""

from index.normalize.cue import words

ONLINE_BOARDS = words(
    "mturk prolific clickworker microworkers freelancer upwork fiverr guru peopleperhour remotive remoteok "
    "weworkremotely "
    "workingnomads himalayas jobicy reddit-beermoney reddit-slavelabour"
)
"""All work there is done online."""

TASK_BOARDS = words("mturk airtasker upwork freelancer taskrabbit microworkers clickworker guru peopleperhour")
"""Rows of these boards are requests for work by their form, never talk or adverts of services."""

HOURLY_RANGE_BOARDS = frozenset(["upwork"])
"""A budget written as a range is an hourly rate there; a fixed price is a single amount."""

HIT_BOARDS = words("mturk prolific clickworker microworkers")
"""Work there is small and done by many: a reward is per item, and what names no other work is a micro task."""
