"""Views of the door portal: the front pages, and what everybody may read."""
