"""What the app stores between sessions. No key is ever part of it."""

from __future__ import annotations

from segmind_studio.core.accounts import PRACTICE_ACCOUNT_ID, Account
from segmind_studio.core.proxies import ProxyKind
from segmind_studio.record import record

SETTINGS_VERSION = 1


@record
class Settings:
    """One immutable value; change it with `dataclasses.replace`.

    `draft` is `TrainingForm.to_json()` of the half-filled form, `sent_draft` of the one that was sent last.
    `window` and `splitters` are Qt's own state bytes in base64, by the name of the widget. `run_columns` is the
    state of the Runs header.
    """

    version: int = SETTINGS_VERSION
    appearance: str = "system"  # "system", "light", "dark", "light-high", "dark-high"
    text_percent: int = 100  # the size of all text
    accounts: tuple[Account, ...] = ()  # Segmind accounts; practice is always there
    current_account: str = PRACTICE_ACCOUNT_ID
    api_url: str = ""  # "" means Segmind's own
    polling: bool = True
    notifications: bool = True
    tray: bool = False  # an icon in the desktop's tray, which stays when the window is closed
    strip_metadata: bool = True
    practice_speed: float = 1.0
    density: str = "medium"  # thumbnails: "small", "medium", "large"
    dataset_id: str = ""  # the last open dataset
    photo_id: str = ""  # the last selected photo
    photo_filter: str = "all"  # the chip above the photos
    photo_query: str = ""  # the text of the search box above the photos
    photo_order: str = "added"  # what the photos are sorted by, a `photo_order.PhotoOrder`
    photo_descending: bool = False
    saved_filters: tuple[str, ...] = ()  # queries, the newest first
    run_id: str = ""  # the last selected run
    place: str = "start"
    draft: str = "{}"
    sent_draft: str = ""  # "" after a start that failed
    download_folder: str = ""  # "" means the default one
    window: str = ""
    splitters: tuple[tuple[str, str], ...] = ()
    run_columns: str = ""
    run_filter: str = ""
    first_run_done: bool = False
    first_choice: str = ""  # of the first start: "practice", "key" or "later"; "" before it
    update_check: bool = False  # at each start; only in builds that have an address for it
    guide_done: bool = False  # the tour was ended or skipped
    quit_with_runs_told: bool = False
    budget_per_run: float | None = None  # US dollars; None sets no limit
    budget_per_day: float | None = None
    budget_per_month: float | None = None
    caption_url: str = ""  # of the model that was last asked for captions
    caption_model: str = ""
    caption_instructions: tuple[tuple[str, str], ...] = ()  # that the user edited, by theme
    dictionary: str = ""  # a .dic file that captions are checked with; "" for the usual one, "off" for none
    caption_hosts: tuple[str, ...] = ()  # that the user agreed to send pictures to
    proxy: ProxyKind = ProxyKind.SYSTEM
    proxy_url: str = ""  # for ProxyKind.OWN: http://host:port, without a name and a password
    run_views: tuple[tuple[str, str, str, str], ...] = ()  # saved ones, see `ui.runs.table.views.RunView`
    run_query: str = ""  # the text of the search box above the runs
    download_name: str = "{name}"  # of downloaded models, see `core.result_names`
    receiver: bool = False  # listen for webhooks
    receiver_host: str = "127.0.0.1"
    receiver_port: int = 24380
    receiver_path: str = ""  # secret; made when it is first turned on
    receiver_site: str = ""  # the host of a server that forwards to it
    run_accounts: bool = False  # Runs lists the runs of all accounts
    language: str = ""  # the code of a catalogue, or "en"; "" for the system's
    try_accounts: bool = False  # Try shows the images of all accounts
    api_names: bool = False  # Train and Try show the name of each field in the request
