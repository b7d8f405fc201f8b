"""How each stage of a run looks and what it means for the person. Pure words, no widget."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from segmind_studio.core.errors import ApiProblem
from segmind_studio.core.runs import ENDED_STAGES, Phase, Run, Stage


@dataclass(frozen=True, slots=True)
class StageLook:
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
_VANISHED = StageLook("unlink", "muted")


def look_of(run: Run) -> StageLook:
    """Return the icon and tone of a run's row."""
    return _VANISHED if run.vanished else _LOOKS[run.stage]


def status_word(run: Run, percent: int | None = None) -> str:
    """Return the words of the status chip; `percent` is how much of the upload is done, if known."""
    if run.vanished:
        return _tr("Not listed now")
    stage = run.stage
    if stage is Stage.INTERRUPTED and run.held_back:
        return _tr("Not started")
    if stage is Stage.UPLOADING and percent is not None and run.phase is Phase.UPLOADING:
        return _tr("Uploading {percent} %").format(percent=percent)
    return _tr(stage.value)


def happening(run: Run) -> str:
    """Return the words for in a sentence or two what happens now."""
    if run.vanished:
        return _tr(
            "The service does not list this run at the moment, and does not know it by its id. Its last known "
            "state was “{stage}”. What the app knew of it stays here, and it comes back if it is listed again."
        ).format(stage=_tr(run.stage.value))
    if run.absent:
        return _tr("{state} The service does not list it at the moment; the app asks for it by its id.").format(
            state=_state(run),
        )
    return _state(run)


def _state(run: Run) -> str:
    state = _state_itself(run)
    if not run.paid_twin:
        return state
    twice = _tr(
        "This run was started twice: an earlier request got no answer, but did start one. "
        "Each has its row here, and both may be charged."
    )
    return f"{state} {twice}" if run.stage not in _QUOTED else f"{twice} {state}"


def service_words(run: Run) -> str:
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
            return _tr(
                "The service says “{status}”, a word that this app does not know. It counts as in progress."
            ).format(status=run.status)
        case Stage.UNKNOWN if run.error.strip():
            return f"{_tr(_HAPPENING[Stage.UNKNOWN])} {_tr('Sending it again did not get through:')}"
        case stage:
            words = _tr(_IN_TURN if stage is Stage.PREPARING and run.sweep_id else _HAPPENING[stage])
            found = run.phase is Phase.ADOPTED and run.made_here and run.sent_at is not None and not run.paid_twin
            return f"{words} {_tr(_FOUND)}" if found else words


def to_do(run: Run) -> str:
    """Return in words what the person can do about it."""
    if run.vanished and run.stage not in ENDED_STAGES:
        return _tr("Look again with “Check now”. It may still be trained; a second run would be paid too.")
    if run.vanished:
        return _tr("Look again with “Check now”.")
    if run.retired:
        return _tr("Export your photos as a zip for another trainer, or try the models that you have.")
    if run.stage is Stage.REFUSED and run.problem in _OF_THE_CREDITS:
        return _tr("Add credits to the account at Segmind, then run it again.")
    return _tr(_TO_DO[run.stage])


def _refused(run: Run) -> str:
    """Return in words that the service said no; words of its own are announced only where there are any."""
    if run.retired:
        said = _tr("The service takes no new fine-tuning runs. Nothing was started and nothing was paid.")
    else:
        said = _tr(_HAPPENING[Stage.REFUSED])
        ours = run.error.strip().partition("\n")[0]
        if ours and not service_words(run):
            return f"{said} {ours}"
    return f"{said} {_tr('Its words:')}" if service_words(run) else said


def _failed(run: Run) -> str:
    if run.error.strip():
        return _tr("The service ended this run and says why:")
    return _tr("The service ended this run with the word “{status}”.").format(status=run.status)


def _interrupted(run: Run) -> str:
    if run.held_back:
        return _tr("It was not started, and nothing is paid. The reason:")
    if run.error.strip():
        return _tr("It stopped before the service took it. Nothing was started. The reason:")
    if run.phase is Phase.UPLOADED:
        return _tr("The photos are uploaded and the request was not sent. Nothing is paid.")
    return _tr("It stopped before anything was sent. Nothing is paid.")


_OF_THE_CREDITS = frozenset({ApiProblem.NO_CREDITS, ApiProblem.TEAM_LIMIT})
_QUOTED = frozenset({Stage.FAILED, Stage.REFUSED})  # their words end before those of the service
_FOUND = "The answer to its request was lost; the app found it in the list, and nothing was sent twice."
_IN_TURN = "It waits for its turn: the runs of a comparison share one upload and are sent one by one."
_HAPPENING: dict[Stage, str] = {
    Stage.PREPARING: "Your photos are being packed. Nothing has left this computer.",
    Stage.UPLOADING: "Your photos are on their way to the service's private storage. Nothing is paid yet.",
    Stage.SENDING: "The request is on its way. This is the step that is paid, so it cannot be stopped.",
    Stage.UNKNOWN: "The request left and no usable answer came. It may have started a run, or not.",
    Stage.REFUSED: "The service said no. Nothing was started and nothing was paid.",
    Stage.ABANDONED: "You gave it up before it was started.",
    Stage.REQUESTED: "The service has your request. It waits for its turn.",
    Stage.PROCESSING: "The service is unpacking and preparing your photos.",
    Stage.TRAINING: "Your model is being trained. The service tells no progress.",
    Stage.TRAINED: "The training is done. The model is about to be put in place.",
    Stage.DEPLOYING: "The model is being put in place, so that it can make pictures.",
    Stage.READY: "Your model is ready to use.",
}
_GOES_ON = "Nothing to do. You may close the app, the service goes on without it. It can take hours."
_TO_DO: dict[Stage, str] = {
    Stage.PREPARING: "You can still cancel.",
    Stage.UPLOADING: "You can still cancel. Leaving the app pauses it; you can continue later.",
    Stage.SENDING: "Wait for the answer.",
    Stage.INTERRUPTED: "Continue where it stopped, or give it up.",
    Stage.UNKNOWN: "Let the app look for it first. It never sends again by itself.",
    Stage.REFUSED: "Go back to the form, put it right, and start again.",
    Stage.ABANDONED: "Run it again whenever you like.",
    Stage.REQUESTED: _GOES_ON,
    Stage.PROCESSING: _GOES_ON,
    Stage.TRAINING: _GOES_ON,
    Stage.TRAINED: _GOES_ON,
    Stage.DEPLOYING: "Nothing to do. This is the last step.",
    Stage.OTHER: _GOES_ON,
    Stage.READY: "Try it, download its weights, or run it again with one thing changed.",
    Stage.FAILED: "Change what it names, then run it again.",
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Stages", text)
