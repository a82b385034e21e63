import pytest

from tests.factories.measured import make_measured
from tests.factories.published import make_published
from tests.factories.results import make_figures


@pytest.fixture
def measured(cast):
    return make_measured(cast)


@pytest.fixture
def figures(measured):
    return make_figures(measured)


@pytest.fixture
def published(figures):
    return make_published(figures)
