"""The rules of the app that are broken on purpose, each with the cases that test it: see mutations.py."""

from dataclasses import dataclass
from textwrap import indent

from fault_case import (
    BAD_GATEWAY,
    CONTINUE,
    CUT_BEFORE_ANSWER,
    DISK,
    HTML,
    KILL,
    SEND_AGAIN,
    STALL_ANSWER,
    WAIT,
    Case,
)
from fault_plan import NOT_SENT, SENT, both, life

from segmind_studio.core.practice import Fault

SUBMISSION = "services/runs/submission_steps.py"
WRITE = """        run = self._step(
            run, Phase.SENDING, body=body, sent_at=time.time(), sent_number=number, unanswered_at=unanswered,
            listings_missed=0, error="", seen_before=seen,
        )
"""
WRITE_THEN_SEND = f"""{WRITE}        try:
            answer = client.submit(body)
        except ApiError as error:
            self._not_accepted(run, error)
            return error
"""
SEND_THEN_WRITE = f"""        answer = failed = None
        try:
            answer = client.submit(body)
        except ApiError as error:
            failed = error
{WRITE}        if failed is not None:
            self._not_accepted(run, failed)
            return failed
"""
GIVE_THE_ERROR = """            self._not_accepted(run, error)
            return error
"""
SEND_AGAIN_BY_ITSELF = """            self._not_accepted(run, error)
            if not error.may_have_arrived:
                return error
            unknown = self._journal.get(run.run_id)
            return self._send(client, unknown)
"""
WRITE_IF_POSSIBLE = f"""        try:
{indent(WRITE, "    ")}        except StoreError:
            pass
"""
LOOK = "        runs = journal.runs(account_id)\n"
PUT_BACK_AND_LOOK = f"""        for run in journal.runs(account_id):
            if run.phase == "sending":
                journal.change(run.run_id, asked_at, phase=type(run.phase)("uploaded"))
{LOOK}"""


@dataclass(frozen=True)
class Mutation:
    """One broken rule. `seen` is False where a killed process cannot show it; then `why` gives the reason."""

    name: str
    changes: tuple[tuple[str, str, str], ...]  # file, the text that it holds once, and its replacement
    cases: tuple[Case, ...]
    seen: bool = True
    why: str = ""


def aimed(*every, unknown=WAIT, decoys=False):
    return tuple(
        Case(number, lives, interrupted=CONTINUE, unknown=unknown, decoys=decoys)
        for number, lives in enumerate(every)
    )


def at_the_post(*whats):
    return aimed(*((life("post", what),) for what in whats))


MUTATIONS = (
    Mutation(
        "sent before it is written", ((SUBMISSION, WRITE_THEN_SEND, SEND_THEN_WRITE),),
        aimed((SENT,), (life("post", KILL),), (life("before sending", KILL),)),
    ),
    Mutation(
        "sent again after a time-out", (
            ("api/transport.py", "        again = not call.acts\n", "        again = True\n"),
            ("api/transport.py", "_RESETS = (httpx.ReadError,", "_RESETS = (httpx.ReadTimeout, httpx.ReadError,"),
        ),
        at_the_post(STALL_ANSWER),
    ),
    Mutation(
        "sent again after a broken connection",
        (("api/transport.py", "        again = not call.acts\n", "        again = True\n"),),
        at_the_post(CUT_BEFORE_ANSWER, Fault.LOST_ANSWER),
    ),
    Mutation(
        "unknown taken as refused", ((
            SUBMISSION, "self._step(run, Phase.UNKNOWN, detail=str(error))",
            "self._step(run, Phase.REFUSED, detail=str(error))",
        ),),
        at_the_post(CUT_BEFORE_ANSWER, STALL_ANSWER, Fault.LOST_ANSWER),
    ),
    Mutation(
        "a gateway's error taken as a refusal", ((
            "api/problems.py", "return status >= _FIRST_SERVER_ERROR or _BY_STATUS", "return _BY_STATUS",
        ),),
        at_the_post(BAD_GATEWAY),
    ),
    Mutation(
        "a page in place of the answer taken as a refusal", ((
            "api/problems.py", "        return status not in _REFUSED_REDIRECTS\n", "        return False\n",
        ),),
        at_the_post(HTML, Fault.HTML_ANSWER),
    ),
    Mutation(
        "found by listing without the photos' address", ((
            "core/matching.py",
            "    if own_upload(run) and same_object(run.data_source_path, job.data_source_path):\n",
            "    if own_upload(run):\n",
        ),),
        aimed((NOT_SENT,), decoys=True),
    ),
    Mutation(
        "a step that does not look where the run stands", ((
            "store/journal.py", "if expected is not None and stored.phase is not expected:",
            "if expected is False:",
        ),),
        aimed(*((life("after uploaded", KILL), both(step)) for step in ("before credits", "before sending"))),
    ),
    Mutation(
        "sending put back to uploaded by itself", (("services/runs/apply_listing.py", LOOK, PUT_BACK_AND_LOOK),),
        aimed((SENT,)),
    ),
    Mutation(
        "sent although it could not be written", ((SUBMISSION, WRITE, WRITE_IF_POSSIBLE),),
        aimed(*((life("before sending", what),) for what in DISK)),
    ),
    Mutation(
        "unknown sent again by itself", ((SUBMISSION, GIVE_THE_ERROR, SEND_AGAIN_BY_ITSELF),),
        at_the_post(CUT_BEFORE_ANSWER, Fault.SERVER_ERROR),
    ),
    Mutation(
        "the database does not wait for the disk",
        (("store/database.py", '"PRAGMA synchronous = FULL"', '"PRAGMA synchronous = OFF"'),),
        aimed((SENT,), (NOT_SENT, life("post answered", KILL)), unknown=SEND_AGAIN), seen=False,
        why="what a killed process has written is in the kernel's memory; only a power cut would show it",
    ),
)
