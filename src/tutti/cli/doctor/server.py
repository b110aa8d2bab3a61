"""What to change where a server can't be used."""

_UNTRUSTED = ("certificate", "No such file")  # the second one is what Redis' driver says of a CA's file


def advice_on(told: str, setting: str) -> str:
    """By what its driver says. setting: how the names of the settings of its URL and its password begin."""
    if any(word in told for word in _UNTRUSTED):
        return (
            f"see that the file with the CA that {setting}_URL names is there, that this CA has signed the server's "
            "certificate, and that the certificate is for this host"
        )
    return f"see that it runs, and that {setting}_URL and {setting}_PASSWORD are right"
