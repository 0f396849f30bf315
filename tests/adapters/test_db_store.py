"""The tables and the steps of a job, on SQLite and PostgreSQL alike."""

import threading
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from palier.adapters.db import SqlStore, open_store, orm
from palier.adapters.db.migrate import current_revision, differences, downgrade, upgrade
from palier.adapters.db.tables import SqlTables
from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.roles import Role
from palier.errors import ConfigurationError, ConflictError, NotFoundError, ParameterError, UnavailableError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE = timedelta(seconds=30)


def a_workspace(store: SqlStore, name: str = "Mill") -> e.Workspace:
    workspace = e.Workspace(new_id(NOW), name, NOW)
    with store.writing() as t:
        t.workspaces.add(workspace)
    return workspace


def a_job(store: SqlStore, workspace: e.Workspace, **changes: object) -> e.Job:
    job = replace(
        e.Job(new_id(NOW), workspace.id, "diagnose", {"n": 1}, e.JobStatus.QUEUED, "u", NOW, NOW, NOW), **changes
    )
    with store.writing() as t:
        t.jobs.add(job)
    return job


def test_every_entity_has_the_columns_of_its_table(sqlite_store: SqlStore) -> None:
    with sqlite_store.reading() as t:
        assert isinstance(t, SqlTables)
        tables = [v for v in vars(t).values() if hasattr(v, "_entity")]
    assert len(tables) == len(orm.Base.metadata.tables)
    for table in tables:
        names = {f.name for f in fields(table._entity)}
        assert names == set(table._row.__table__.columns.keys()), table._entity


def test_migrations_go_up_down_and_up_without_drift(store: SqlStore) -> None:
    assert differences(store.engine) == []
    downgrade(store.engine, "base")
    assert current_revision(store.engine) is None
    upgrade(store.engine)
    assert differences(store.engine) == []
    assert store.check() == {"database": "ok", "migrations": "ok"}


def test_what_is_added_comes_back_the_same(store: SqlStore) -> None:
    workspace = a_workspace(store)
    user = e.User(new_id(NOW), "ada@example.com", "Ada", NOW)
    member = e.Membership(new_id(NOW), workspace.id, user.id, Role.ENGINEER, NOW)
    key = e.ApiKey(new_id(NOW), workspace.id, user.id, "ci", "01234567", "f" * 64, ("read", "diagnose"), NOW)
    with store.writing() as t:
        t.users.add(user)
        t.memberships.add(member)
        t.api_keys.add(key)
    with store.reading() as t:
        assert t.users.get(user.id) == user
        assert t.memberships.find(user_id=user.id) == member
        assert t.api_keys.find(prefix="01234567") == key
        assert t.api_keys.find(prefix="76543210") is None


def test_a_foreign_id_is_not_found(store: SqlStore) -> None:
    mine, theirs = a_workspace(store), a_workspace(store, "Other")
    machine = e.Machine(new_id(NOW), theirs.id, "Pump", NOW)
    with store.writing() as t:
        t.machines.add(machine)
    with store.reading() as t, pytest.raises(NotFoundError, match="no machine"):
        t.machines.get(machine.id, workspace_id=mine.id)


def test_names_are_unique_among_what_is_there(store: SqlStore) -> None:
    workspace = a_workspace(store)
    first = e.Machine(new_id(NOW), workspace.id, "Pump", NOW)
    with store.writing() as t:
        t.machines.add(first)
    with pytest.raises(ConflictError, match="already"), store.writing() as t:
        t.machines.add(replace(first, id=new_id(NOW)))
    with store.writing() as t:
        t.machines.put(replace(first, deleted_at=NOW, version=2))
        t.machines.add(replace(first, id=new_id(NOW)))


def test_an_old_version_overwrites_nothing(store: SqlStore) -> None:
    machine = e.Machine(new_id(NOW), a_workspace(store).id, "Pump", NOW)
    with store.writing() as t:
        t.machines.add(machine)
        t.machines.put(replace(machine, name="Pump 2", version=2))
    with pytest.raises(ConflictError, match="has changed"), store.writing() as t:
        t.machines.put(replace(machine, name="Pump 3", version=2))
    with pytest.raises(NotFoundError), store.writing() as t:
        t.machines.put(replace(machine, id="0" * 32, version=2))


def test_foreign_keys_are_enforced(store: SqlStore) -> None:
    with pytest.raises(ConflictError, match="belongs to something"), store.writing() as t:
        t.machines.add(e.Machine(new_id(NOW), "nowhere", "Pump", NOW))


def test_an_exception_rolls_back_and_runs_nothing_after_commit(store: SqlStore) -> None:
    ran: list[str] = []

    def fail() -> None:
        with store.writing() as t:
            t.workspaces.add(e.Workspace(new_id(NOW), "Mill", NOW))
            t.after_commit(lambda: ran.append("no"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.writing() as t:
        assert t.workspaces.count() == 0
        t.after_commit(lambda: ran.append("yes"))
    assert ran == ["yes"]


def test_times_are_aware_and_in_utc(store: SqlStore) -> None:
    from datetime import timezone

    paris = timezone(timedelta(hours=1))
    workspace = e.Workspace(new_id(NOW), "Mill", datetime(2026, 11, 23, 13, tzinfo=paris))
    with store.writing() as t:
        t.workspaces.add(workspace)
    with store.reading() as t:
        back = t.workspaces.get(workspace.id).created_at
    assert back == workspace.created_at
    assert back.tzinfo is UTC


def test_pages_continue_after_an_id(store: SqlStore) -> None:
    workspace = a_workspace(store)
    ids = [a_job(store, workspace, id=f"{i:032x}").id for i in range(5)]
    with store.reading() as t:
        assert [j.id for j in t.jobs.all(newest_first=True, limit=2)] == ids[:2:-1]
        assert [j.id for j in t.jobs.all(newest_first=True, limit=2, after=ids[3])] == ids[2:0:-1]
        assert t.jobs.count(one_of={"status": [e.JobStatus.QUEUED]}) == 5


def test_a_text_that_cannot_be_stored_is_refused(postgresql_store: SqlStore) -> None:
    with pytest.raises(ParameterError, match="too long"), postgresql_store.writing() as t:
        t.workspaces.add(e.Workspace(new_id(NOW), "x" * 500, NOW))


def test_the_audit_log_only_grows(store: SqlStore) -> None:
    workspace = a_workspace(store)
    entry = e.AuditEntry(new_id(NOW), workspace.id, NOW, "u", "Ada", "session.sign-in", "user", "u", "::1", {})
    with store.writing() as t:
        t.audit.add(entry)
        with pytest.raises(ConflictError):
            t.audit.put(entry)
        with pytest.raises(ConflictError):
            t.audit.remove(id=entry.id)
        search = {"workspace_id": workspace.id, "actor_id": None, "since": None, "before_id": None, "limit": 5}
        assert t.audit.search(action="session", **search) == [entry]
        assert t.audit.search(action="user", **search) == []


# ------------------------------------------------------------------ the steps of a job


def test_a_job_is_claimed_once_among_many(store: SqlStore) -> None:
    workspace = a_workspace(store)
    for _ in range(20):
        a_job(store, workspace)
    taken: list[str] = []

    def work(owner: str) -> None:
        while True:
            with store.writing() as t:
                job = t.jobs.claim(owner=owner, queues=["analysis"], now=NOW, lease=LEASE)
            if job is None:
                return
            taken.append(job.id)

    threads = [threading.Thread(target=work, args=(f"w{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 20 == len(set(taken))


def test_what_is_due_and_of_the_queue_is_claimed_by_priority(store: SqlStore) -> None:
    workspace = a_workspace(store)
    a_job(store, workspace, queue="training")
    a_job(store, workspace, not_before=NOW + LEASE)
    plain = a_job(store, workspace)
    urgent = a_job(store, workspace, priority=5)
    with store.writing() as t:
        claims = [t.jobs.claim(owner="w", queues=["analysis"], now=NOW, lease=LEASE) for _ in range(3)]
    assert [c and c.id for c in claims] == [urgent.id, plain.id, None]
    assert claims[0] is not None
    assert claims[0].attempt == 1


def test_a_replaced_worker_changes_nothing(store: SqlStore) -> None:
    job = a_job(store, a_workspace(store))
    with store.writing() as t:
        first = t.jobs.claim(owner="w1", queues=["analysis"], now=NOW, lease=LEASE)
        later = NOW + 2 * LEASE
        second = t.jobs.claim(owner="w2", queues=["analysis"], now=later, lease=LEASE)
        assert first is not None
        assert second is not None
        assert (first.id, second.attempt) == (job.id, 2)
        beat = {"now": later, "lease": LEASE, "progress": 0.5, "note": "", "eta_at": None}
        assert t.jobs.heartbeat(first, **beat) is None
        assert not t.jobs.finish(first, status=e.JobStatus.DONE, now=later, result={"from": 1})
        assert not t.jobs.hand_back(first, now=later, not_before=later, count_attempt=True, error=None)
        assert t.jobs.heartbeat(second, **beat) is False
        assert t.jobs.finish(second, status=e.JobStatus.DONE, now=later, result={"from": 2})
        assert not t.jobs.finish(second, status=e.JobStatus.DONE, now=later, result={"from": 3})
        assert t.jobs.get(job.id).result_json == {"from": 2}


def test_cancel_ends_a_queued_job_and_asks_a_running_one(store: SqlStore) -> None:
    workspace = a_workspace(store)
    queued, running = a_job(store, workspace), a_job(store, workspace, priority=1)
    with store.writing() as t:
        claimed = t.jobs.claim(owner="w", queues=["analysis"], now=NOW, lease=LEASE)
        assert claimed is not None
        assert claimed.id == running.id
        assert t.jobs.request_cancel(queued.id, now=NOW).status is e.JobStatus.CANCELLED
        asked = t.jobs.request_cancel(running.id, now=NOW)
        assert (asked.status, asked.cancel_requested) == (e.JobStatus.RUNNING, True)
        assert t.jobs.heartbeat(claimed, now=NOW, lease=LEASE, progress=None, note="", eta_at=None) is True


def test_the_lost_are_claimed_again_until_their_attempts_are_used_up(store: SqlStore) -> None:
    job = a_job(store, a_workspace(store), max_attempts=2)
    now = NOW
    with store.writing() as t:
        for attempt in (1, 2):
            claimed = t.jobs.claim(owner="w", queues=["analysis"], now=now, lease=LEASE)
            assert claimed is not None
            assert claimed.attempt == attempt
            assert t.jobs.give_up(now=now) == []
            now += 2 * LEASE
        assert t.jobs.claim(owner="w", queues=["analysis"], now=now, lease=LEASE) is None
        (lost,) = t.jobs.give_up(now=now)
        assert (lost.id, lost.status) == (job.id, e.JobStatus.FAILED)
        assert "worker lost" in (lost.error or "")


def test_handing_back_counts_the_attempt_or_not(store: SqlStore) -> None:
    job = a_job(store, a_workspace(store))
    with store.writing() as t:
        for counted, left in ((False, 0), (True, 1)):
            claimed = t.jobs.claim(owner="w", queues=["analysis"], now=NOW, lease=LEASE)
            assert claimed is not None
            assert t.jobs.hand_back(claimed, now=NOW, not_before=NOW, count_attempt=counted, error="busy")
            assert t.jobs.get(job.id).attempt == left


def test_stale_hints_are_stamped_when_sent_again(store: SqlStore) -> None:
    job = a_job(store, a_workspace(store))
    age = timedelta(seconds=10)
    with store.writing() as t:
        assert t.jobs.stale(now=NOW + age, hint_age=age, limit=5) == []
        assert [j.id for j in t.jobs.stale(now=NOW + 2 * age, hint_age=age, limit=5)] == [job.id]
        assert t.jobs.stale(now=NOW + 2 * age, hint_age=age, limit=5) == []
        assert t.jobs.oldest_queued(now=NOW + age) == {"analysis": (1, 10.0)}


def test_only_one_leads(store: SqlStore) -> None:
    with store.leading("reconciler") as first, store.leading("reconciler") as second, store.leading("other") as other:
        assert (first, second, other) == (True, False, True)
    with store.leading("reconciler") as again:
        assert again


# ------------------------------------------------------------------ SQLite alone, and what is no database


def test_many_writers_never_find_sqlite_locked(sqlite_store: SqlStore) -> None:
    workspace = a_workspace(sqlite_store)

    def write(i: int) -> None:
        for j in range(25):
            with sqlite_store.writing() as t:
                t.machines.add(e.Machine(new_id(NOW), workspace.id, f"{i}-{j}", NOW))

    threads = [threading.Thread(target=write, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite_store.reading() as t:
        assert t.machines.count() == 200


def test_other_databases_and_unreachable_ones_are_said(tmp_path: object) -> None:
    with pytest.raises(ConfigurationError, match="postgresql"):
        open_store("mysql://localhost/x")
    gone = open_store(f"postgresql+psycopg://nobody@/x?host={tmp_path}")
    with pytest.raises(UnavailableError, match="nothing was changed"), gone.reading():
        pass
    assert "does not answer" in gone.check()["database"]
    gone.close()


def test_relations_are_written_on_both_sides() -> None:
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    for mapper in orm.Base.registry.mappers:
        for relation in mapper.relationships:
            assert relation.back_populates, relation
