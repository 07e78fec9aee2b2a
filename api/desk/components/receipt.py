"""The desk's receipt: an alert counts as shown once it stood on a signed-in person's screen, in the foreground."""

from collections.abc import Sequence

from nicegui import ui

from api.desk.access import Viewer
from monitor.clock import utc_now
from monitor.services import outbox

ANSWER_S = 2.0


async def confirm_shown(viewer: Viewer, alert_ids: Sequence[int]) -> None:
    """Write the receipt for these alerts, if one is owed and the browser says that its page is visible."""
    desk, client = viewer.desk, ui.context.client
    if not alert_ids or not client.has_socket_connection:
        return
    if not await desk.read(lambda session: outbox.desk_owes(session, desk.estate_id)):
        return
    try:
        visible = await client.run_javascript("document.visibilityState", timeout=ANSWER_S)
    except TimeoutError:
        return
    if visible == "visible":
        await desk.write(lambda session: outbox.shown_on_desk(session, desk.estate_id, alert_ids, utc_now()))
