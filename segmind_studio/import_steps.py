"""What is imported after the first paint, a little at a time between events.

Each line is one step and brings about eight modules of ours: a whole place at once would hold the window for a
tenth of a second. Within a place its parts come first and its screen last; what all places share comes at the end.
A name may be left out or added anywhere, as long as a test counts few modules in each step.

Kept apart: a list that no reader of `app.py` needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

_ACTIONS = """
    ui.data.actions
    ui.train.actions
    ui.place_actions
    PySide6.QtNetwork
"""
_TO_BEGIN = """
    dataset.converted dataset.jpeg dataset.png dataset.webp
    dataset.folders
    dataset.inspection
    services.datasets.dataset_store_worker
    core.versions dataset.captions
    dataset.prepare dataset.zip_stream
    core.trainers dataset.archive
    dataset.scan
    dataset.text_news services.datasets.folder_watch
    dataset.caption_lint dataset.checks dataset.orphans
    services.datasets.threads
    services.runs.giving_up
    api.error_text
    api.reading api.served_errors api.unwrap
    api.decode api.generation
    api api.client api.storage core.matching core.reconcile
    services.images services.images.photo_reading services.images.thumbnails
    services.runs.submission_service
    store.sheets
    store.support_bundle
    core.budget services.accounts.purchases
    core.fixes core.named_fields core.pricing
    services.accounts.budget_service
    ui.forms.field_editor ui.forms.field_row ui.forms.fold
    ui.forms ui.train.facts
    ui.train.review ui.train.suggestions
    services.runs.run_poller
    services.system.support_bundle
    ui.train.screen
    services.runs.download_service services.runs.other_accounts
    services.runs.run_sheets services.runs.watch_times
    core.run_images ui.data.inspector
    ui.data.inspector.comparison ui.runs.compare.settings
    ui.runs.compare.pictures
    ui.runs.bulk ui.runs.compare
    ui.runs.compare.view ui.runs.empty_states
    ui.runs.inspector.dataset ui.runs.inspector.files
    ui.runs.inspector.overview
    ui.runs.banners ui.runs.table.filter_bar ui.runs.table.model
    ui.runs.inspector ui.runs.inspector.inspector
    ui.runs.run_list
    services.datasets.caption_writer
    ui.runs.screen
    services.accounts.webhook_receiver services.accounts.webhook_service
    core.picture_grid services.images.contact_sheet services.images.grid_service
    services.images.image_saver services.images.judging
    services.datasets.full_look_service dataset.spelling
    core.picture_findings services.datasets.measured_checks
    core.run_history services.runs.history_service
    services.runs.training_order
    services.runs.order_desk services.notices.notifications
    services.system.log_feed services.system.update_check
    ui.help.bubble ui.help.guide
    ui.help.window
    ui.palette.commands ui.palette.list_view
    ui.help.desk
    ui.shell.tray
    ui.start.screen
    ui.runs.history.plots ui.runs.history.chart
    ui.start.summary
    services.runs.run_store
    services.datasets.edited_files services.datasets.export services.datasets.intake services.datasets.package
    services.datasets.fitting services.datasets.table_file
    services.datasets.spelling services.images.other_images
    practice.channel practice_host
    services.desktop.keep_awake services.desktop.launcher_progress services.system.work_under_way
"""
_LATER = """
    ui.data.crop.editor ui.data.crop.steps ui.data.crop.subject_search
    ui.data.caption_offers ui.data.checks_drawer
    ui.data.editor ui.data.file_dialogs ui.data.folder_bar
    ui.data.inspector.bulk_panel ui.data.inspector.photo_panel
    ui.data.grid.model ui.data.grid.view ui.data.header ui.data.inspector.inspector
    PIL.ExifTags
    PIL.Image
    core.likeness dataset.cutouts dataset.picture_traits services.images.plot_maker
    core.check_reasons store.measure_store services.images.cutouts_apart services.images.picture_measures
    ui.data.caption_commands ui.data.finder
    core.caption_completion ui.data.inspector.caption_suggestions ui.data.caption_spelling
    ui.data.crop ui.data.crop.handlers
    ui.data.dataset_commands ui.data.fit ui.data.fit.commands
    ui.data.focus ui.data.focus.commands ui.data.history_panel
    ui.data.handlers ui.data.caption_aids
    ui.settings.accounts ui.settings.budget
    ui.data.screen
    ui.settings.screen
    ui.tryout.controls
    ui.tryout.gallery ui.tryout.grid
    ui.tryout.grid.view ui.tryout.judging
    ui.tryout.view ui.tryout.screen
"""


_LIBRARIES = ("PIL", "PySide6")  # whose modules are named with the library


def _steps(lines: str) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(name if name.startswith(_LIBRARIES) else f"segmind_studio.{name}" for name in line.split())
        for line in lines.strip().splitlines()
    )


ACTIONS = _steps(_ACTIONS)  # of all places, for the menus
TO_BEGIN = _steps(_TO_BEGIN)  # what the services need to start, and the places that receive their signals
LATER = _steps(_LATER)  # what only the other places need


def import_step(names: Sequence[str]) -> None:
    """Import these modules, in this order."""
    for name in names:
        import_module(name)
