import pytest

from tests.factories.measured import make_measured


@pytest.fixture
def measured(cast):
    return make_measured(cast)
