"""An installation with Ada in it."""

import pytest
from tests.app.accounts.reception import Reception

from palier.adapters.db import SqlStore
from palier.app.roles import Actor


@pytest.fixture
def reception(sqlite_store: SqlStore) -> Reception:
    return Reception(sqlite_store)


@pytest.fixture
def ada(reception: Reception) -> Actor:
    return reception.set_up()
