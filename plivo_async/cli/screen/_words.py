"""The library's sentences in the words of the command line. Pure."""

_OURS = {
    "auth_id ": "PLIVO_AUTH_ID ",
    "auth_token ": "PLIVO_AUTH_TOKEN ",
    "base_url ": "--base-url ",
    ", or pass allow_http=True if you know that nobody listens": "",
    "wait_for= ": "--wait-for ",
    "give it as uuid=": "add --uuid",
    "friendly_name": "--name",
    "from_number": "--from",
    "to_number": "--to",
    "sub_account": "--sub-account",
    "creation_time__gte": "--created-after",
    "creation_time__lt": "--created-before",
    "end_time__gte": "--ended-after",
    "end_time__lt": "--ended-before",
    "rate_limit says": "--limit says",
    "RateLimit.shared": "--shared",
    ", or the arguments of AsyncClient": "",
    "client.mpc.get()": "plivo-async mpc get",
}


def in_terms_of_the_command(message: str) -> str:
    """Replace the names of the library's arguments by those of options and variables."""
    for name, ours in _OURS.items():
        message = message.replace(name, ours)
    return message
