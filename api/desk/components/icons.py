"""The desk's icons, drawn here: no icon font, no outside file. 24 by 24, one line width."""

from nicegui import ui

_PATHS = {
    "logo": '<path d="M12 2.5 4 6v5.5c0 4.9 3.3 8.4 8 10 4.7-1.6 8-5.1 8-10V6z"/><path d="M7.5 12c2.6-3.4 6.4-3.4 9 0-2.6 3.4-6.4 3.4-9 0z"/><circle cx="12" cy="12" r="1.2"/>',
    "bell": '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15z"/><path d="M10 21h4"/>',
    "camera": '<path d="M3 7.5h12v9H3z"/><path d="m15 11 6-3v8l-6-3"/>',
    "camera_off": '<path d="M8 7.5h7v6.5M3 7.5v9h11.5M15 11l6-3v8l-3-1.5"/><path d="m3 3 18 18"/>',
    "people": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6"/><path d="M15.5 5.4a3.5 3.5 0 0 1 0 6.2M17.5 14.4c2.300.7 3.700 2.600 4 5.600"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.500 20.500c.6-4.300 3.400-6.500 7.500-6.500s6.900 2.200 7.500 6.500"/>',
    "visitor": '<path d="M5 21V3.500h9V21M3 21h13M11 12h.1"/><circle cx="19" cy="10" r="2"/><path d="M16.800 17.500c.2-2.300 1-3.500 2.200-3.500s2 1.200 2.200 3.500"/>',
    "wellness": '<path d="M12 20.500c-5.500-3.800-8.500-7-8.500-10.800A4.700 4.700 0 0 1 12 7a4.700 4.700 0 0 1 8.500 2.700c0 3.800-3 7-8.500 10.800z"/>',
    "critical": '<path d="M8 2.800h8L21.200 8v8L16 21.200H8L2.800 16V8z"/><path d="M12 7v6M12 16.500v.2"/>',
    "warning": '<path d="M12 3.500 22 20.500H2z"/><path d="M12 10v5M12 17.700v.2"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.500M12 7.500v.2"/>',
    "good": '<circle cx="12" cy="12" r="9"/><path d="m7.800 12.300 2.900 2.900 5.500-6"/>',
    "unknown": '<circle cx="12" cy="12" r="9"/><path d="M9.300 9.500a2.800 2.800 0 1 1 4 2.500c-.9.5-1.300 1-1.300 2M12 16.800v.2"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.300l3.500 2"/>',
    "pin": '<path d="M12 21.500c4.500-5 6.500-8.500 6.500-11.500a6.500 6.500 0 0 0-13 0c0 3 2 6.500 6.500 11.500z"/><circle cx="12" cy="10" r="2.300"/>',
    "sound": '<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11"/>',
    "mute": '<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 2.500v2.500M12 19v2.500M2.500 12H5M19 12h2.500M5.300 5.300 7 7M17 17l1.700 1.700M18.700 5.300 17 7M7 17l-1.700 1.700"/>',
    "moon": '<path d="M20.500 14.500A8.500 8.500 0 0 1 9.500 3.500a8.500 8.500 0 1 0 11 11z"/>',
    "out": '<path d="M10 4H4.500v16H10M9.500 12H21M17 8l4 4-4 4"/>',
    "search": '<circle cx="10.500" cy="10.500" r="6.500"/><path d="m15.500 15.500 5.500 5.500"/>',
    "plus": '<path d="M12 4.500v15M4.500 12h15"/>',
    "photo": '<path d="M3 5h18v14H3z"/><circle cx="8.500" cy="10" r="1.700"/><path d="m3 17 5-4 3.500 2.500L16 11l5 4.500"/>',
    "hand": '<path d="M7 11V6.500a1.500 1.500 0 0 1 3 0V10 4.500a1.500 1.500 0 0 1 3 0V10 6a1.500 1.500 0 0 1 3 0v5-2a1.500 1.500 0 0 1 3 0v5.500a6.500 6.500 0 0 1-6.500 6.500c-3 0-4.700-1.500-6-4l-2.300-4.300a1.600 1.600 0 0 1 2.800-1.600z"/>',
    "paper": '<path d="M6 2.800h8.500L19 7.300v13.900H6z"/><path d="M14 3v5h5M9 12.500h7M9 16.500h7"/>',
    "lock": '<path d="M5 10.500h14v10.500H5zM8 10.500V7.500a4 4 0 0 1 8 0v3M12 14.500v2.500"/>',
    "send": '<path d="m3.500 11.500 17-8-6 17-3-7z"/>',
    "back": '<path d="M20 12H4.500M10 6l-6 6 6 6"/>',
}


def svg(name: str) -> str:
    """The drawing itself, hidden from screen readers: a word always stands beside it."""
    return (
        '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.800" stroke-linecap="round" '
        f'stroke-linejoin="round" aria-hidden="true">{_PATHS[name]}</svg>'
    )


def icon(name: str) -> None:
    ui.html(svg(name), sanitize=False, tag="span").classes("icon")
