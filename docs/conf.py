"""The documentation site: `make docs` builds it without a network, and a warning is an error."""

import os
import sys
from importlib.resources import files
from pathlib import Path

from detente.core.version import __version__

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

project = "détente"
author = "The détente founders"
copyright = "Code: Apache-2.0. Chronology: CC BY 4.0"
release = version = __version__
language = "en_GB"
default_role = "code"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon", "mathml"]
exclude_patterns = ["_build", "extensions"]
html_math_renderer = "mathml"
# Every address that a page names outside this site; `make links` asks for them, the build does not.
linkcheck_timeout = 20

# Markdown and notebooks. Notebooks run at build time; their outputs are kept in the build folder and never committed.
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / "notebooks")
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_merge_streams = True

# Python API.
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_use_ivar = True
napoleon_custom_sections = [("Fields", "params_style"), "Source", "Sources", "Warns"]
add_module_names = False

# The theme, in the colours and the type of the workbench. Nothing is loaded from another host.
html_theme = "pydata_sphinx_theme"
html_title = "détente"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_favicon = "_static/mark.svg"
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "détente", "image_light": "_static/mark.svg", "image_dark": "_static/mark.svg"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "navigation_with_keys": False,
    "use_edit_page_button": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-light",
}
html_sidebars = {"index": [], "**": ["sidebar-nav-bs"]}
html_context = {"default_mode": "light"}
