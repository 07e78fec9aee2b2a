"""What pydantic found wrong, said so that the admin of an estate understands it. Never quotes a value."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic_core import ErrorDetails

# By pydantic's error type; the gaps are filled from the error's own limits, never from the input.
_TEXTS = {
    "missing": "is missing",
    "string_type": "must be text; put it in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "finite_number": "must be a number that is not infinite",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "model_type": "must be a group of keys",
    "model_attributes_type": "must be a group of keys",
    "dict_type": "must be a group of names and addresses",
    "tuple_type": "must be a list",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "path_type": "must be a path",
}


def explain(error: ErrorDetails) -> str:
    """One sentence for one mistake."""
    context = error.get("ctx", {})
    if error["input"] is None:
        return "has no value"
    if error["type"] == "value_error":
        return str(context["error"])
    text = _TEXTS.get(error["type"])
    return text.format(**context) if text else error["msg"]


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A name that does not exist, with the one that was probably meant or all that there are."""
    names = sorted(known)
    hint = meant(name, names) or "there are: " + ", ".join(names)
    return f"unknown {what} `{name}`; {hint}"


def meant(name: str, known: Iterable[str]) -> str:
    """A question for the name that comes near; empty when none does."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else ""
