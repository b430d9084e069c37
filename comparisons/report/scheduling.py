"""How xdist hands out the items: by scenario."""

from xdist.scheduler import LoadScopeScheduling

from comparisons.scenario import PATTERN


class ScenarioScheduling(LoadScopeScheduling):
    """All items of a scenario go to one worker; every other item is free."""

    def _split_scope(self, nodeid: str) -> str:
        """The scenario's id, which begins the item's parameters; or the item itself."""
        match = PATTERN.match(nodeid.partition("[")[2])
        return match.group() if match else nodeid
