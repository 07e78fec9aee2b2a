"""The recognition engines by the names that settings and templates know them by."""

SFACE = "sface-2021dec-mirrored"
DLIB = "dlib-resnet-v1"

# What can be chosen, and what its templates are called: those of different engines never meet.
ENGINES = {"sface": SFACE, "dlib": DLIB, "sface+dlib": f"{SFACE}+{DLIB}"}
