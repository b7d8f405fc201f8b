"""The definitions of the fault matrix: the steps of a process, the troubles at a step, and a case."""

from dataclasses import dataclass

from segmind_studio.core.practice import Fault

# Every step of a submission, in order; the child stops at each of them.
STEPS = (
    "form", "intent", "intent written",
    "before uploading", "after uploading", "ticket", "ticket came", "first piece", "last piece", "photos sent",
    "before uploaded", "after uploaded", "before credits",
    "before sending", "after sending", "post", "post answered",
    "before accepted", "after accepted", "measured",
)
# Every step of a later start; where the user continues, the steps from "ticket" on follow.
LATER_STEPS = ("listing", "listed", "settled", "decide")

KILL = "kill"
KILL_LATER = "kill some milliseconds later"
FULL_DISK = "full disk"
NO_WRITES = "no write succeeds"
GIVES_UP = "the person gives it up meanwhile"
CLOSE_TERMINAL = "the terminal of the order is closed"  # where an open window carries it out
MEET = "wait for the other process"  # of two that do the same at once
NO_NETWORK = "nobody listens"
CUT_AT_ONCE = "cut at once"
CUT_SENDING = "cut while sending"
CUT_BEFORE_ANSWER = "cut before the answer"
CUT_IN_ANSWER = "cut in the answer"
STALL = "stall before the service"
STALL_ANSWER = "stall after the service"
DELAY = "delay"
HTML = "HTML in place of the answer"
TRUNCATED = "the answer truncated"
OTHER_SHAPE = "JSON of another shape"
EMPTY = "an empty answer"
REDIRECT = "302 in place of the answer"
BAD_GATEWAY = "502 in place of the answer"

CUTS = (NO_NETWORK, CUT_AT_ONCE, CUT_SENDING, CUT_BEFORE_ANSWER, CUT_IN_ANSWER, STALL, STALL_ANSWER, DELAY)
WRONG_ANSWERS = (HTML, TRUNCATED, OTHER_SHAPE, EMPTY, REDIRECT, BAD_GATEWAY)
NETWORK = (*CUTS, *WRONG_ANSWERS)
DISK = (FULL_DISK, NO_WRITES)
NOT_OF_A_SUBMISSION = frozenset({  # it never downloads, and no webhook reaches it
    Fault.CUT_DOWNLOAD, Fault.MODEL_MOVED, Fault.NO_FORMS,
    Fault.WEBHOOK_TWICE, Fault.WEBHOOK_LATE, Fault.WEBHOOK_SHUFFLED,
})
FAULTS = tuple(fault for fault in Fault if fault not in NOT_OF_A_SUBMISSION)
TROUBLES = (KILL, *DISK, *NETWORK, *(fault.value for fault in FAULTS))

CONTINUE, GIVE_UP = "continue", "give up"
WAIT, SEND_AGAIN = "wait", "send again"
PATIENT_S = 10.0
IMPATIENT_S = 0.3


@dataclass(frozen=True)
class Trouble:
    """What goes wrong when a step is first reached."""

    step: str
    what: str
    later_ms: int = 0

    @property
    def fault(self):
        return Fault(self.what) if self.what in {fault.value for fault in Fault} else None

    def __str__(self):
        return f"{self.what} at “{self.step}”"


@dataclass(frozen=True)
class Life:
    """One process from its start to its end, or `copies` of them on the same folder at once.

    `moment` is when it is killed, as a share of its usual length; it then runs without stopping at steps.
    `patience_s` is how long it waits for an answer.
    """

    troubles: tuple[Trouble, ...] = ()
    moment: float | None = None
    copies: int = 1
    patience_s: float = PATIENT_S

    def __str__(self):
        words = [str(trouble) for trouble in self.troubles]
        if self.moment is not None:
            words.append(f"killed after {self.moment:.0%} of its life")
        if self.copies > 1:
            words.append(f"{self.copies} processes at once")
        return " and ".join(words) or "no trouble"


@dataclass(frozen=True)
class Case:
    """Lives one after another, and the user's decisions in the later ones; a last undisturbed life always follows.

    The first life starts the run, each other one looks for it by listing and continues. `interrupted` and
    `unknown` are the decisions on a run that waits, and on one that no listing has found. With `decoys` the
    service also has a run of the same name from other photos. `together` runs are started from one upload. With
    `command_line` its commands do the work; with `window` too, they order it from an open window.
    """

    number: int
    lives: tuple[Life, ...]
    interrupted: str = CONTINUE
    unknown: str = WAIT
    decoys: bool = False
    together: int = 1
    command_line: bool = False
    window: bool = False

    @property
    def name(self):
        return f"case-{self.number}"

    @property
    def names(self):
        """Return the names of the runs that the first life starts; several share one upload."""
        if self.together == 1:
            return (self.name,)
        return tuple(f"{self.name}-it{100 + number}" for number in range(self.together))

    def has(self, *whats):
        return any(trouble.what in whats for life in self.lives for trouble in life.troubles)

    @property
    def given_up_in_time(self):
        """Return whether the user gave it up while it ran, at a step before the request is written."""
        return any(
            trouble.what == GIVES_UP and trouble.step in STEPS[: STEPS.index("after sending")]
            for life in self.lives for trouble in life.troubles
        )

    @property
    def random(self):
        return any(life.moment is not None for life in self.lives)

    def __str__(self):
        then = f"{self.interrupted}, {self.unknown}{', decoys' if self.decoys else ''}"
        then += f", {self.together} runs together" if self.together > 1 else ""
        then += ", by the command line" if self.command_line else ""
        then += " and an open window" if self.window else ""
        return f"{self.name}: {'; then '.join(map(str, self.lives))}; the person: {then}"
