import pytest
from tests.jobs.stock import make_stock
from tests.jobs.workplace import make_workplace


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    """The installation that tests copy; nobody writes to it."""
    return make_stock(tmp_path_factory.mktemp("stock"), tmp_path_factory.mktemp("incoming"))


@pytest.fixture
def place(stock, tmp_path):
    """A copy of the stock, for one test."""
    w = stock.copied(tmp_path / "place")
    yield w
    w.store.close()


@pytest.fixture
def empty(tmp_path):
    """An empty installation."""
    w = make_workplace(tmp_path / "empty")
    yield w
    w.store.close()
