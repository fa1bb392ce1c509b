"""The pages on the web library: their code holds, their links lead somewhere, their figures are those of the build."""

import json
import re
from pathlib import Path

import pytest
from npm_package import LINK, WEB, run

ROOT = WEB.parent
PAGES = [WEB / "README.md", *sorted((ROOT / "docs/web").rglob("*.md"))]
CODE = re.compile(r"^```ts\n(.*?)^```", re.DOTALL | re.MULTILINE)


def test_code_of_the_front_page_holds(npm_project):
    (npm_project / "readme.ts").write_text("\n".join(CODE.findall((WEB / "README.md").read_text())))
    options = {"module": "Preserve", "target": "ES2022", "lib": ["ES2022", "DOM"], "types": [], "noEmit": True}
    config = {"compilerOptions": options | {"strict": True}, "files": ["readme.ts"]}
    (npm_project / "tsconfig.json").write_text(json.dumps(config))
    run(WEB / "node_modules/.bin/tsc", folder=npm_project)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path):
    missing = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert missing == []


def test_table_of_sizes_and_latencies_is_fresh():
    run("node", "sizes.mjs", "--check", folder=WEB)


def test_every_error_code_is_explained():
    codes = re.findall(r"^  \| '([a-z-]+)'", (WEB / "src/errors.ts").read_text(), re.MULTILINE)
    page = (WEB / "README.md").read_text()
    assert len(codes) > 5
    assert [code for code in codes if f"`{code}`" not in page] == []


def test_reference_is_complete(tmp_path):
    """typedoc takes warnings for errors: what an exported type mentions is exported too."""
    run("npx", "--no-install", "typedoc", "--out", tmp_path, folder=WEB)
    text = "".join(path.read_text() for path in tmp_path.rglob("*.html"))
    assert all(name in text for name in ("loadPercepNet", "PercepNetNode", "PercepNetProcessor", "produceSuppressed"))
