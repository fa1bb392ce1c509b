"""How Sphinx builds the site; percepnet.building.docs puts its sources together and runs it."""

import percepnet

project = "PercepNet"
author = "the authors of PercepNet"
version = release = percepnet.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "percepnet.building.docs.mathml"]
exclude_patterns = ["typescript/index.md"]  # python.md, c.md and typescript.md head the references

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 6
nb_execution_mode = "off"  # the notebook keeps its outputs, and a test keeps them true

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 88
default_role = "code"

html_theme = "furo"
html_title = f"PercepNet {release}"
html_copy_source = False
html_show_copyright = False
html_show_search_summary = False  # it is fetched, which browsers forbid to pages read from files
html_static_path = ["static"]
html_css_files = ["site.css"]
