"""The site's own settings, with the bare page among its addresses."""

from tiwizi.config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.bare"
