"""What tests of several folders share."""

import pytest
from npm_package import install, pack

from percepnet.building.docs.site import build_site
from percepnet.model_file import random_model, write_model


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    """Path of the smallest model, of random weights."""
    path = tmp_path_factory.mktemp("model") / "random.pnet"
    made = random_model(64)
    write_model(path, made.weights, made.card)
    return path


@pytest.fixture(scope="session")
def npm_tarball(tmp_path_factory):
    """Path of what `npm pack` makes of web/."""
    return pack(tmp_path_factory.mktemp("tarball"))


@pytest.fixture(scope="session")
def npm_project(npm_tarball, tmp_path_factory):
    """A folder with the npm package installed in its node_modules."""
    return install(npm_tarball, tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def docs_site(tmp_path_factory):
    """The documentation site's folder. Fails where a page is in no navigation, or a link leads nowhere."""
    return build_site(out=tmp_path_factory.mktemp("docs")).parent
