"""The list of cases: trouble at every step, second lives that die too, two processes at once, any moment."""

import random

from fault_case import (
    CONTINUE,
    CUT_AT_ONCE,
    CUT_BEFORE_ANSWER,
    CUT_SENDING,
    DISK,
    FAULTS,
    GIVE_UP,
    GIVES_UP,
    HTML,
    IMPATIENT_S,
    KILL,
    KILL_LATER,
    LATER_STEPS,
    MEET,
    NETWORK,
    PATIENT_S,
    SEND_AGAIN,
    STALL,
    STALL_ANSWER,
    STEPS,
    TROUBLES,
    WAIT,
    Case,
    Life,
    Trouble,
)

from segmind_studio.core.practice import Fault

EVERY = 1090  # so many cases have space for each of the directed ones
RANDOM_SHARE = 0.16  # of all cases are killed at any moment
SECOND_LIFE_SHARE = 0.4  # of those in their second life
GO_ON = STEPS[STEPS.index("ticket"):]
SEND = STEPS[STEPS.index("before credits"):]
NOT_SENT = Life((Trouble("post", CUT_SENDING),))  # the request is lost in transit: no listing will find a run
SENT = Life((Trouble("post answered", KILL),))
# In the middle of a request or of a transaction.
LATER_KILLS = (
    ("ticket", 3), ("last piece", 3), ("before sending", 1), ("post", 1), ("post", 3), ("post", 6), ("post", 10),
    ("before accepted", 1),
)
# The steps at which two processes may begin to drive the same run, and the steps before them.
MEETINGS = (
    ("intent written", STEPS[STEPS.index("before uploading"):]),
    ("after uploading", GO_ON),
    ("after uploaded", SEND),
)


def cases(count, seed):
    """Return `count` cases in random order, always the same for a seed.

    A fixed share is killed at random moments; the rest are the directed cases, each of them once if `count` is
    large enough for all.
    """
    chance = random.Random(seed)  # noqa: S311  # a repeatable order, no secret
    moments = round(count * RANDOM_SHARE)
    chosen = directed()
    chance.shuffle(chosen)
    chosen = chosen[: count - moments]
    chosen += [at_a_moment(chance) for _ in range(count - len(chosen))]
    chance.shuffle(chosen)
    return [
        Case(
            number, lives, interrupted=interrupted or chance.choice((CONTINUE, CONTINUE, GIVE_UP)),
            unknown=unknown or chance.choice((WAIT, SEND_AGAIN)), decoys=chance.random() < 0.25,
            together=chance.choice((1, 1, 1, 2, 3)) if all(life.copies == 1 for life in lives) else 1,
        )
        for number, (lives, interrupted, unknown) in enumerate(chosen)
    ]


def directed():
    """Return the lives and decisions ("" for any) of every case that targets a step."""
    return [*at_each_step(), *in_the_second_life(), *two_at_once()]


def at_each_step():
    for step in STEPS:
        for what in TROUBLES:
            yield (life(step, what, slow=STEPS.index(step) % 2 == 0),), "", ""
    for step, later_ms in LATER_KILLS:
        yield (Life((Trouble(step, KILL_LATER, later_ms),)),), "", ""
    for cut in (CUT_BEFORE_ANSWER, HTML, CUT_AT_ONCE):  # the answer is lost, then the process dies
        for step in ("before unknown", "after unknown"):
            yield (Life((Trouble("post", cut), Trouble(step, KILL))),), "", ""


def in_the_second_life():
    waiting, ready = life("after uploading", KILL), life("after uploaded", KILL)
    for step in (*LATER_STEPS, *GO_ON):
        yield (waiting, life(step, KILL)), CONTINUE, ""
    for step in GO_ON:
        yield (waiting, life(step, GIVES_UP)), CONTINUE, WAIT
    for what in (KILL, *DISK, *NETWORK, *(fault.value for fault in FAULTS)):
        yield (SENT, life("listing", what)), "", ""
    for step in ("listed", "settled"):
        for what in (KILL, *DISK):
            yield (SENT, life(step, what)), "", ""
    for step in ("before abandoned", "after abandoned"):
        for what in (KILL, *DISK):
            yield (ready, life(step, what)), GIVE_UP, ""
    for step in (*LATER_STEPS, *SEND):
        yield (NOT_SENT, life(step, KILL)), "", SEND_AGAIN
    for what in NETWORK:
        yield (NOT_SENT, life("post", what)), "", SEND_AGAIN


def two_at_once():
    for stands, steps in MEETINGS:
        for step in steps:
            yield (life(stands, KILL), both(step)), CONTINUE, WAIT
    for step in ("after sending", "post", "post answered"):  # one of the two dies there
        dying = both("before sending", Trouble(step, KILL))
        yield (life("after uploaded", KILL), dying), CONTINUE, WAIT
    for step in ("decide", "before credits", "before sending"):  # both are told to send again
        yield (NOT_SENT, both(step)), CONTINUE, SEND_AGAIN


def at_a_moment(chance):
    decision = chance.choice((CONTINUE, CONTINUE, GIVE_UP))
    if chance.random() >= SECOND_LIFE_SHARE:
        return (Life(moment=chance.random()),), decision, ""
    first = chance.choice((NOT_SENT, SENT, life("after uploading", KILL), Life(moment=chance.random())))
    return (first, Life(moment=chance.random())), CONTINUE, SEND_AGAIN


def life(step, what, *, slow=False):
    impatient = what in {STALL, STALL_ANSWER} or (what == Fault.SLOW and not slow)
    return Life((Trouble(step, what),), patience_s=IMPATIENT_S if impatient else PATIENT_S)


def both(step, *more):
    return Life((Trouble(step, MEET), *more), copies=2)
