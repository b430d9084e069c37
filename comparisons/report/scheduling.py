"""How xdist hands out the items: by scenario."""

from xdist.scheduler import LoadScopeScheduling

from comparisons.scenario import PATTERN


class ScenarioScheduling(LoadScopeScheduling):
    """One worker does a whole scenario, or a whole file of tests, whose fixtures it shares."""

    def _split_scope(self, nodeid: str) -> str:
        """The scenario's id, which begins the item's parameters; or the file."""
        match = PATTERN.match(nodeid.partition("[")[2])
        return match.group() if match else nodeid.partition("::")[0]
