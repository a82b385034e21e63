"""The codes that an application shows."""


def code_of(secret: str, *, steps: int = 0) -> str:
    """Six digits for now, or for some half minutes later."""
    import time

    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
