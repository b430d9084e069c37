"""How xdist hands out the items: by scenario.

Its own ``--dist loadgroup`` will not do: when a worker dies, the run never ends.
"""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from crossgrad.comparisons.problems.scenario import PATTERN


class ScenarioScheduling(LoadScopeScheduling):
    """One worker does a whole scenario, or a whole file of tests, whose fixtures it shares."""

    def _split_scope(self, nodeid: str) -> str:
        """The scenario's id, which begins the item's parameters; or the file."""
        match = PATTERN.match(nodeid.partition("[")[2])
        return match.group() if match else nodeid.partition("::")[0]

    def remove_node(self, node: WorkerController) -> str | None:
        """Of a worker that died, give back the item that it died of; only the rest is run anew.

        xdist would run that item again, in one worker after the other, and hand out finished
        scopes, after which a worker waits for ever (3.8).
        """
        workload = self.assigned_work[node]
        pending = [(unit, item) for unit in workload.values() for item in unit if not unit[item]]
        for unit, item in pending[:1]:
            unit[item] = True
        for scope in [scope for scope, unit in workload.items() if all(unit.values())]:
            del workload[scope]
        super().remove_node(node)
        return pending[0][1] if pending else None
