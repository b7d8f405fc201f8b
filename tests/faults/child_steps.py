"""The steps at which the child process stops: before and after each call of the real classes, for an order."""

import contextlib
import os
import resource
import signal
import threading

from fault_case import CLOSE_TERMINAL, GIVES_UP, NO_WRITES

from segmind_studio.api import client as api_client
from segmind_studio.api import upload
from segmind_studio.api.client import SegmindClient
from segmind_studio.dataset.archive import ArchivePlan
from segmind_studio.services.runs import submission_steps as submission
from segmind_studio.store.image_store import ImageStore
from segmind_studio.store.journal import Journal


class Steps:
    """Report each step to the parent and wait for its order; a `free` child only reports, unless it must wait."""

    def __init__(self, pipe, give_up, *, free):
        self._pipe = pipe
        self._give_up = give_up
        self._free = free
        self._lock = threading.Lock()  # a window has several threads
        self.terminal = 0  # its process, if another one orders the work

    def reach(self, step, *, must=False):
        with self._lock:
            self._pipe.send((step, must or not self._free))
            order = self._pipe.recv() if must or not self._free else ""
        if order == GIVES_UP:
            self._give_up()
        if order == NO_WRITES:
            _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))  # the kernel refuses to write to any file
        if order == CLOSE_TERMINAL:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(self.terminal, signal.SIGKILL)
                os.waitid(os.P_PID, self.terminal, os.WEXITED | os.WNOWAIT)


def be_patient(seconds):
    """Wait this long for each answer, where the app waits about a minute."""
    api_client.SUBMIT_TIMEOUT_S = upload.ANSWER_S = seconds

    class PatientClient(SegmindClient):
        def __init__(self, connection):
            super().__init__(connection, timeout=seconds)

    submission.SegmindClient = PatientClient
    return PatientClient


def watch_journal(steps):
    change, add_all = Journal.change, Journal.add_all

    def stepping_add_all(self, *arguments, **more):
        steps.reach("intent")
        add_all(self, *arguments, **more)
        steps.reach("intent written")

    def stepping_change(self, run_id, at, detail="", **fields):
        if "phase" not in fields:
            return change(self, run_id, at, detail, **fields)
        steps.reach(f"before {fields['phase']}")
        run = change(self, run_id, at, detail, **fields)
        steps.reach(f"after {fields['phase']}")
        return run

    Journal.add_all, Journal.change = stepping_add_all, stepping_change


def watch_archive(steps):
    chunks = ArchivePlan.chunks

    def stepping_chunks(self, *arguments, **more):
        pieces = list(chunks(self, *arguments, **more))
        for number, piece in enumerate(pieces):
            if number == 0:
                steps.reach("first piece")
            if number == len(pieces) - 1:
                steps.reach("last piece")
            yield piece
        steps.reach("photos sent")

    ArchivePlan.chunks = stepping_chunks


def watch_calls(steps):
    ticket, submit, credits_ = SegmindClient.upload_ticket, SegmindClient.submit, SegmindClient.credits
    posted = []

    def stepping_ticket(self, name):
        steps.reach("ticket")
        answer = ticket(self, name)
        steps.reach("ticket came")
        return answer

    def stepping_submit(self, body):
        steps.reach("post")
        try:
            return submit(self, body)
        finally:
            posted.append(True)
            steps.reach("post answered")

    def stepping_credits(self):
        steps.reach("measured" if posted else "before credits")
        return credits_(self)

    SegmindClient.upload_ticket, SegmindClient.submit = stepping_ticket, stepping_submit
    SegmindClient.credits = stepping_credits


def watch_pictures(steps, api):
    """Also lead the calls through the network of the case: the service names its own address for a model."""
    add, generate = ImageStore.add, SegmindClient.generate

    def stepping_add(self, image):
        add(self, image)
        steps.reach("picture written")

    def stepping_generate(self, slug_or_url, params):
        try:
            return generate(self, f"{api}{slug_or_url[slug_or_url.index('/v1/'):]}", params)
        finally:
            steps.reach("picture answered")

    ImageStore.add, SegmindClient.generate = stepping_add, stepping_generate
