"""The documentation site: `make docs` builds it without a network, and a warning is an error."""

import shutil
import sys
from importlib.resources import files
from pathlib import Path

from sphinx.application import Sphinx

from detente.core.version import __version__

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

project = "détente"
author = "The détente founders"
copyright = "The détente founders. Code: Apache-2.0. Chronology: CC BY 4.0"
release = version = __version__
language = "en_GB"
default_role = "code"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "mathml"]
exclude_patterns = ["_build", "extensions"]
html_math_renderer = "mathml"
# `make links` asks for the addresses that a page names outside this site; the build does not.
linkcheck_timeout = 20
linkcheck_ignore = [r"http://127\.0\.0\.1.*"]

# Markdown and notebooks. Notebooks run at build time; their outputs stay in the build folder and are never committed.
myst_enable_extensions = ["attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_cache_path = str(HERE / "_build" / "notebooks")
nb_execution_timeout = 300
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_merge_streams = True

# Python API.
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_use_ivar = True
napoleon_custom_sections = [("Fields", "params_style"), "Source", "Sources"]
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
    "navbar_end": [],
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
}
html_sidebars = {"index": [], "**": ["sidebar-nav-bs"]}
html_context = {"default_mode": "light"}

# Pages of the repository's first folder, which the site shows under its reference.
ROOT_PAGES = {"SECURITY.md": "security", "CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changes"}
FONTS = {
    "sans-400.otf": ("font_source_sans_pro", "SourceSansPro-Regular.otf"),
    "sans-600.otf": ("font_source_sans_pro", "SourceSansPro-Semibold.otf"),
    "serif-400.otf": ("font_source_serif_pro", "SourceSerifPro-Regular.otf"),
    "serif-600.otf": ("font_source_serif_pro", "SourceSerifPro-Semibold.otf"),
}


def link_root_pages(app: Sphinx, page: str, source: list[str]) -> None:
    """Make a link to a page of the first folder one to the site's own copy."""
    for file, name in ROOT_PAGES.items():
        source[0] = (
            source[0]
            .replace(f"](../../{file})", f"](/reference/{name}.md)")
            .replace(f"](../{file})", f"](/reference/{name}.md)")
        )


def copy_fonts(app: Sphinx, error: Exception | None) -> None:
    """Copy the fonts of the workbench from their packages."""
    folder = Path(app.outdir) / "_static" / "fonts"
    if error is None and app.builder.name == "html":
        folder.mkdir(parents=True, exist_ok=True)
        for name, (package, file) in FONTS.items():
            shutil.copyfile(str(files(package) / "files" / file), folder / name)


def setup(app: Sphinx) -> None:
    """Connect what this site adds to Sphinx."""
    app.connect("source-read", link_root_pages)
    app.connect("build-finished", copy_fonts)
