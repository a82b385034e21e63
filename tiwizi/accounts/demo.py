"""The demo's one password. It opens nothing where TIWIZI_DEMO is not set: no demo account exists there."""

PASSWORD = "tiwizi-demo-2017"  # noqa: S105
