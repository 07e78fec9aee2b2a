"""Cameras that speak ONVIF: finding them, and asking them what they offer."""

import logging

# The ONVIF library sets up logging for the whole process when it is imported, unless somebody has done so.
logging.getLogger().addHandler(logging.NullHandler())
