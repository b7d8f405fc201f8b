"""One case of the fault matrix: at which step of a submission what goes wrong."""

import random
from dataclasses import dataclass

from segmind_studio.core.practice import Fault

STEPS = (
    "intent", "intent written",
    "before uploading", "after uploading", "ticket", "ticket came", "first piece", "last piece", "photos sent",
    "before uploaded", "after uploaded", "before credits",
    "before sending", "after sending", "post", "post answered",
    "before accepted", "after accepted", "measured",
)
KILL = "kill"
CUT_SENDING = "cut while sending"
CUT_ANSWER = "cut before the answer"
KILL_LATER = "kill some milliseconds later"
NOTHING = "nothing"
NETWORK = (CUT_SENDING, CUT_ANSWER)
FAULTS = tuple(fault for fault in Fault if fault not in {Fault.TRAINING_FAILS, Fault.UNKNOWN_STATUS, Fault.SLOW})


@dataclass(frozen=True)
class Case:
    """What goes wrong, and what the person does about an interrupted run after the restart."""

    number: int
    step: str
    trouble: str
    later_ms: int
    resumes: bool

    @property
    def name(self):
        return f"case-{self.number}"

    @property
    def fault(self):
        return Fault(self.trouble) if self.trouble in {fault.value for fault in Fault} else None

    def __str__(self):
        return f"{self.name}: {self.trouble} at “{self.step}”, then {'continue' if self.resumes else 'give up'}"


def cases(count, seed):
    """Give `count` cases: each trouble at each step once, in random order, then random ones."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable order, no secret
    every = [
        (step, trouble)
        for step in STEPS
        for trouble in (KILL, *NETWORK, *(fault.value for fault in FAULTS))
    ]
    chance.shuffle(every)
    while len(every) < count:
        every.append((chance.choice(STEPS), chance.choice((KILL_LATER, KILL_LATER, KILL, NOTHING))))
    # some random moments also among few cases
    chosen = every[:count]
    return [
        Case(number, step, trouble, chance.randrange(60), resumes=chance.random() < 0.7)
        for number, (step, trouble) in enumerate(chosen)
    ]
