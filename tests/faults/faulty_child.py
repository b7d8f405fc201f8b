"""The child process of the fault matrix: a real submission that stops at each step and asks what happens there."""

import json
import socket
import time
from pathlib import Path

from segmind_studio.api.client import SegmindClient
from segmind_studio.core.accounts import Account, AccountKind, ApiKey, Connection, KeptIn
from segmind_studio.core.form import TrainingForm
from segmind_studio.core.runs import Phase, Run, Stage, manifest_text
from segmind_studio.dataset.archive import ArchivePlan, manifest_of
from segmind_studio.services.live import LiveRuns
from segmind_studio.services.settling import settle
from segmind_studio.services.submission import Submission, give_up
from segmind_studio.store.database import Database
from segmind_studio.store.journal import Journal
from segmind_studio.store.library import Library

ACCOUNT = Account("practice", "Practice", AccountKind.PRACTICE, KeptIn.NOWHERE)
RUN_ID = "the-run"


def form_of(name):
    return TrainingForm().with_values({"name": name, "instance_prompt": "TOK, a cat", "iterations": 120})


class Steps:
    """Tell the parent of each step and do what it says: go on, or have the network cut once."""

    def __init__(self, pipe):
        self._pipe = pipe
        self._cut = ""

    def reach(self, step):
        self._pipe.send(step)
        order = self._pipe.recv()
        if order:
            self._cut = order

    def cut(self, when):
        if self._cut == when:
            self._cut = ""
            return True
        return False


def cut_network(steps):
    """Let every socket of this process ask before it sends or receives."""
    send, sendall, receive = socket.socket.send, socket.socket.sendall, socket.socket.recv

    def broken(self):
        self.shutdown(socket.SHUT_RDWR)
        raise ConnectionResetError("cut by the test")

    def cut_sendall(self, data, *flags):
        if steps.cut("cut while sending"):
            send(self, memoryview(data)[: max(1, len(data) // 2)])
            broken(self)
        return sendall(self, data, *flags)

    def cut_send(self, data, *flags):
        if steps.cut("cut while sending"):
            broken(self)
        return send(self, data, *flags)

    def cut_receive(self, *size):
        if steps.cut("cut before the answer"):
            receive(self, 1)  # the service has answered: it has done what was asked
            broken(self)
        return receive(self, *size)

    socket.socket.send, socket.socket.sendall, socket.socket.recv = cut_send, cut_sendall, cut_receive


def watch_steps(steps):  # noqa: C901  # one small wrapper for each step
    """Stop at every step of the real classes."""
    change, add = Journal.change, Journal.add
    ticket, submit, credits_ = SegmindClient.upload_ticket, SegmindClient.submit, SegmindClient.credits
    chunks = ArchivePlan.chunks
    seen_credits = []

    def stepping_add(self, *arguments, **more):
        steps.reach("intent")
        add(self, *arguments, **more)
        steps.reach("intent written")

    def stepping_change(self, run_id, at, detail="", **fields):
        phase = fields.get("phase")
        name = f"{phase}" if phase in {Phase.UPLOADING, Phase.UPLOADED, Phase.SENDING, Phase.ACCEPTED} else ""
        if name:
            steps.reach(f"before {name}")
        run = change(self, run_id, at, detail, **fields)
        if name:
            steps.reach(f"after {name}")
        return run

    def stepping_ticket(self, name):
        steps.reach("ticket")
        answer = ticket(self, name)
        steps.reach("ticket came")
        return answer

    def stepping_chunks(self, *arguments, **more):
        pieces = list(chunks(self, *arguments, **more))
        for number, piece in enumerate(pieces):
            if number == 0:
                steps.reach("first piece")
            if number == len(pieces) - 1:
                steps.reach("last piece")
            yield piece
        steps.reach("photos sent")

    def stepping_submit(self, body):
        steps.reach("post")
        try:
            return submit(self, body)
        finally:
            steps.reach("post answered")

    def stepping_credits(self):
        steps.reach("measured" if seen_credits else "before credits")
        seen_credits.append(True)
        return credits_(self)

    Journal.add, Journal.change = stepping_add, stepping_change
    SegmindClient.upload_ticket, SegmindClient.submit = stepping_ticket, stepping_submit
    SegmindClient.credits = stepping_credits
    ArchivePlan.chunks = stepping_chunks


class Bench:
    """The disk and the service of one case, as a start of the app finds them."""

    def __init__(self, folder, address):
        self.folder = Path(folder)
        self.connection = Connection(ACCOUNT, address["api"], address["api"], ApiKey(address["key"]), 1000.0)
        self.database = Database(self.folder / "studio.sqlite3")
        self.journal = Journal(self.database)
        self.library = Library(self.database)

    def submission(self):
        return Submission(
            self.journal, self.connection, self.folder / "prepared", changed=lambda _run: None,
            progress=lambda *_: None, cancelled=lambda _run_id: False, pause=lambda _run_id, _seconds: False,
        )


def first_life(pipe, folder, address, name):
    """Start a run, as the submission service does; the parent may end this process at any step."""
    bench = Bench(folder, address)
    dataset = bench.library.load("photos")
    now = time.time()
    form = form_of(name)
    run = Run(
        run_id=RUN_ID, account_id=ACCOUNT.account_id, name=name, phase=Phase.PREPARED,
        created_at=now, changed_at=now, body=form.body(),
        manifest=manifest_text(manifest_of(dataset)), dataset_id="photos",
    )
    (bench.folder / "draft.json").write_text(form.to_json(), encoding="utf-8")
    steps = Steps(pipe)
    watch_steps(steps)
    cut_network(steps)
    bench.journal.add(run, now)
    bench.submission().drive(RUN_ID)
    pipe.send("")


def second_life(pipe, folder, address, resumes):
    """Start again: look for the run by listing, as the app does, then do what the person decides."""
    bench = Bench(folder, address)

    def look():
        for _ in range(3):
            with SegmindClient(bench.connection) as client:
                settle(bench.journal, ACCOUNT.account_id, client.list_jobs(), time.time(), LiveRuns())

    look()
    run = bench.journal.get(RUN_ID)
    if run is not None and run.stage is Stage.INTERRUPTED:
        if resumes:
            bench.submission().drive(RUN_ID)
        else:
            give_up(bench.journal, RUN_ID)
        look()
    pipe.send(json.dumps(report(bench)))


def report(bench):
    """Tell what the disk holds now."""
    run = bench.journal.get(RUN_ID)
    dataset = bench.library.load("photos")
    return {
        "phase": run.phase if run else "",
        "service_id": run.service_id if run else "",
        "manifest": bool(run and run.manifest),
        "rows": [[row.run_id, row.service_id] for row in bench.journal.runs(ACCOUNT.account_id)],
        "photos": [photo.caption for photo in dataset.photos] if dataset else [],
        "note": bench.database.note,
        "draft": (bench.folder / "draft.json").read_text(encoding="utf-8"),
    }
