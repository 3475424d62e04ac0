"""Look at each address of a JSON object on stdin, all in this process; what was proposed goes to stdout."""

import json
import sys
from typing import Any

from crawlers.probe import OVERRIDES, NothingFound, looking_at, proposal_of
from crawlers.run import run_here


def main() -> None:
    spiders = {name: looking_at(address, delay_s=0) for name, address in json.load(sys.stdin).items()}
    run_here(list(spiders.values()), lambda progress: None, OVERRIDES | {"BACKOFF_FIRST_S": 0.02})
    found: dict[str, Any] = {}
    for name, spider in spiders.items():
        try:
            proposal = proposal_of(spider)
        except NothingFound as error:
            found[name] = {"error": str(error)}
        else:
            titles = [draft["title"] for draft in proposal.postings]
            found[name] = {"toml": proposal.toml(), "titles": titles, "notes": proposal.notes}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
