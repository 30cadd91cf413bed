"""Benchmarks: each prints a figure, the reference measured beside it in the same run, and the ratio.

Every module offers `measure() -> Iterator[Result]` (those that need the big database take a `house.House`); `__main__`
names them, runs them and prints the worst first.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """A figure beside its reference. `ratio` is figure / reference unless the name says otherwise.

    `goal` is the largest ratio allowed, the smallest if `higher_is_better`; None where only the figure is wanted.
    """

    name: str
    figure: float
    reference: float
    unit: str
    ratio: float
    goal: float | None
    higher_is_better: bool = False
    note: str = ""

    @property
    def strain(self) -> float:
        """How much of the goal is used up; above 1 it is missed."""
        if self.goal is None:
            return 0.0
        return self.goal / self.ratio if self.higher_is_better else self.ratio / self.goal

    @property
    def ok(self) -> bool:
        """True when the goal is reached or there is none."""
        return self.strain <= 1.0
