"""The appearance and the texts of each stage of a run. Only values, no widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID
from segmind_studio.core.errors import ApiProblem
from segmind_studio.core.runs import ENDED_STAGES, Phase, Run, Stage, stage_of_status
from segmind_studio.formats import duration_text
from segmind_studio.formats import percent as share_text
from segmind_studio.texts import N_, NC_, Text, _, own, sentences

if TYPE_CHECKING:
    from segmind_studio.core.usual_times import LateRun


class StageLook(NamedTuple):
    """A Lucide icon and the name of a tone; the soft background has the tone's name and `_soft`."""

    icon: str
    tone: str


_LOOKS: dict[Stage, StageLook] = {
    Stage.PREPARING: StageLook("package", "info"),
    Stage.UPLOADING: StageLook("cloud-upload", "info"),
    Stage.SENDING: StageLook("send", "info"),
    Stage.INTERRUPTED: StageLook("circle-pause", "warn"),
    Stage.UNKNOWN: StageLook("circle-question-mark", "warn"),
    Stage.REFUSED: StageLook("ban", "bad"),
    Stage.ABANDONED: StageLook("circle-slash", "muted"),
    Stage.REQUESTED: StageLook("hourglass", "info"),
    Stage.PROCESSING: StageLook("images", "info"),
    Stage.TRAINING: StageLook("activity", "info"),
    Stage.TRAINED: StageLook("circle-check", "info"),
    Stage.DEPLOYING: StageLook("rocket", "info"),
    Stage.READY: StageLook("circle-check", "good"),
    Stage.FAILED: StageLook("octagon-x", "bad"),
    Stage.OTHER: StageLook("circle-ellipsis", "info"),
}
LATE_LOOK = StageLook("clock-alert", "warn")
_VANISHED = StageLook("unlink", "muted")


def look_of(run: Run) -> StageLook:
    """Return the icon and tone of a run's row."""
    return _VANISHED if run.vanished else _LOOKS[run.stage]


_WORDS: dict[Stage, Text] = {
    Stage.PREPARING: N_("Preparing"),
    Stage.UPLOADING: N_("Uploading"),
    Stage.SENDING: N_("Sending"),
    Stage.INTERRUPTED: N_("Interrupted"),
    Stage.UNKNOWN: N_("No answer yet"),
    Stage.REFUSED: N_("Refused"),
    Stage.ABANDONED: N_("Given up"),
    Stage.REQUESTED: N_("Requested"),
    Stage.PROCESSING: N_("Preparing photos"),
    Stage.TRAINING: NC_("stage of a run", "Training"),
    Stage.TRAINED: N_("Trained"),
    Stage.DEPLOYING: N_("Deploying"),
    Stage.READY: N_("Ready"),
    Stage.FAILED: N_("Failed"),
    Stage.OTHER: N_("In progress"),
}


def stage_word(stage: Stage) -> str:
    """Return the one word for where a run is."""
    return str(_WORDS[stage])


def status_word(run: Run, percent: int | None = None) -> str:
    """Return the words of the status chip; `percent` is how much of the upload is done, if known."""
    if run.vanished:
        return _("Not listed")
    stage = run.stage
    if stage is Stage.INTERRUPTED and run.held_back:
        return _("Not started")
    if run.reported:
        # Translators: {stage} is such as “Training”; a webhook reported it, and the list has not confirmed it.
        return _("{stage}, reported").format(stage=_reported_word(run))
    if stage is Stage.UPLOADING and percent is not None and run.phase is Phase.UPLOADING:
        return _("Uploading, {share}").format(share=share_text(percent / 100))
    return stage_word(stage)


def _reported_word(run: Run) -> str:
    stage = stage_of_status(run.reported)
    return run.reported if stage is Stage.OTHER else stage_word(stage)


def late_text(run: Run, late: LateRun | None) -> str:
    """Return for how long a run has been in its state and how long earlier ones were; "" when that is usual."""
    if late is None:
        return ""
    least, most = duration_text(late.low), duration_text(late.high)
    span = least if least == most else _("{least} to {most}").format(least=least, most=most)
    words = _("{stage} for {time}. Your earlier runs took {span}. It has not failed.")
    return words.format(stage=stage_word(run.stage), time=duration_text(late.elapsed), span=span)


def happening(run: Run) -> str:
    """Return the words for in a sentence or two what happens now."""
    if run.reported:
        return _(
            "A webhook reported “{status}”. The service's list does not confirm it yet. In the list, the run "
            "is “{stage}”."
        ).format(status=run.reported, stage=stage_word(run.stage))
    if run.vanished:
        return _(
            "The service does not list this run now, also not by its id. Its last known stage was “{stage}”. "
            "Everything known about it stays here, and the run returns if it is listed again."
        ).format(stage=stage_word(run.stage))
    if run.absent:
        words = _("The service does not list this run now. The app checks it by its id.")
        return sentences(_state(run), words)
    return _state(run)


def _state(run: Run) -> str:
    state = _state_itself(run)
    if not run.paid_twin:
        return state
    twice = _(
        "This run was started twice: an earlier request without an answer did start a run. Each has its own "
        "row, and both may be charged."
    )
    return sentences(state, twice) if run.stage not in _QUOTED else sentences(twice, state)


def service_text(run: Run) -> str:
    """Return what is shown of the words that came with a stage; of a refusal only the service's own."""
    error = run.error.strip()
    return error.partition("\n")[2].strip() if run.stage is Stage.REFUSED else error


def _state_itself(run: Run) -> str:
    match run.stage:
        case Stage.INTERRUPTED:
            return _interrupted(run)
        case Stage.FAILED:
            return _failed(run)
        case Stage.REFUSED:
            return _refused(run)
        case Stage.OTHER:
            return _(
                "The service reports an unknown status, “{status}”. The run counts as in progress."
            ).format(status=run.status)
        case Stage.UNKNOWN if run.error.strip():
            return sentences(_HAPPENING[Stage.UNKNOWN], _("Sending it again failed:"))
        case stage:
            words = _IN_TURN if stage is Stage.PREPARING and run.sweep_id else _HAPPENING[stage]
            if run.account_id == PRACTICE_ACCOUNT_ID:
                words = _IN_PRACTICE.get(stage, words)
            found = run.phase is Phase.ADOPTED and run.made_here and run.sent_at is not None and not run.paid_twin
            return sentences(words, _FOUND if found else "")


def to_do(run: Run) -> str:
    """Return the advice for the user."""
    if run.vanished and run.stage not in ENDED_STAGES:
        if run.account_id == PRACTICE_ACCOUNT_ID:
            return _("Press “Check now”. The run may still be training.")
        return _("Press “Check now”. The run may still be training, and a second run would be paid too.")
    if run.vanished:
        return _("Press “Check now”.")
    if run.retired:
        return _("Export your photos for another trainer, or try the models you have.")
    if run.stage is Stage.REFUSED and run.problem in OF_THE_CREDITS:
        return _("Add credits to your account on Segmind, then run it again.")
    return str(_TO_DO[run.stage])


def _refused(run: Run) -> str:
    """Return the text of a refusal; the service's own text is mentioned only if there is one."""
    if run.retired:
        said = _("The service accepts no new fine-tuning runs. Nothing was started or paid.")
    else:
        said = str(_HAPPENING[Stage.REFUSED])
        ours = run.error.strip().partition("\n")[0]
        if ours and not service_text(run):
            return sentences(said, own(ours))
    return sentences(said, _("Message from the service:") if service_text(run) else "")


def _failed(run: Run) -> str:
    if run.error.strip():
        return _("The service ended this run. Its message:")
    return _("The service ended this run with the status “{status}”.").format(status=run.status)


def _interrupted(run: Run) -> str:
    if run.held_back:
        return _("Not started, and nothing was paid. The reason:")
    if run.error.strip():
        return _("It stopped before the service accepted it. Nothing was started. The reason:")
    if run.phase is Phase.UPLOADED:
        return _("The photos are uploaded, but the request was not sent. Nothing was paid.")
    return _("It stopped before anything was sent. Nothing was paid.")


OF_THE_CREDITS = frozenset({ApiProblem.NO_CREDITS, ApiProblem.TEAM_LIMIT})
_QUOTED = frozenset({Stage.FAILED, Stage.REFUSED})  # their words end before those of the service
_FOUND = N_("The answer to the request was lost. The app found the run in the list. Nothing was sent twice.")
_IN_TURN = N_("Waiting for its turn. The runs of a comparison share one upload and are sent one by one.")
_IN_PRACTICE = {  # where those of other accounts speak of paying
    Stage.UPLOADING: N_("Uploading your photos to the practice service on this computer."),
    Stage.SENDING: N_("Sending the request. This step cannot be stopped."),
}
_HAPPENING: dict[Stage, Text] = {
    Stage.PREPARING: N_("Packing your photos. Nothing has left this computer."),
    Stage.UPLOADING: N_("Uploading your photos to the service's private storage. Nothing is paid yet."),
    Stage.SENDING: N_("Sending the request. This step is paid, so it cannot be stopped."),
    Stage.UNKNOWN: N_("The request was sent, but no usable answer came. It may have started a run."),
    Stage.REFUSED: N_("The service refused. Nothing was started or paid."),
    Stage.ABANDONED: N_("You gave it up before it was started."),
    Stage.REQUESTED: N_("The service has your request. The run is waiting in its queue."),
    Stage.PROCESSING: N_("The service is unpacking and preparing your photos."),
    Stage.TRAINING: N_("Your model is being trained. The service reports no progress."),
    Stage.TRAINED: N_("Training is done. The model is about to be deployed."),
    Stage.DEPLOYING: N_("The model is being made ready for pictures."),
    Stage.READY: N_("Your model is ready to use."),
}
_GOES_ON = N_("You can close the app. Training continues without it and can take hours.")
_TO_DO: dict[Stage, Text] = {
    Stage.PREPARING: N_("You can still cancel."),
    Stage.UPLOADING: N_("You can still cancel. Quitting pauses the upload; you can continue later."),
    Stage.SENDING: N_("Wait for the answer."),
    Stage.INTERRUPTED: N_("Continue the run, or give it up."),
    Stage.UNKNOWN: N_("Wait while the app looks for the run. Nothing is sent again automatically."),
    Stage.REFUSED: N_("Go back to the form, correct it, and start again."),
    Stage.ABANDONED: N_("Run it again whenever you like."),
    Stage.REQUESTED: _GOES_ON,
    Stage.PROCESSING: _GOES_ON,
    Stage.TRAINING: _GOES_ON,
    Stage.TRAINED: _GOES_ON,
    Stage.DEPLOYING: N_("This is the last step."),
    Stage.OTHER: _GOES_ON,
    Stage.READY: N_("Try the model, download its weights, or run again with a changed setting."),
    Stage.FAILED: N_("Correct the problem, then run again."),
}

