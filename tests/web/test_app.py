"""The server: who is let in, what may be asked, and that an action is the decision of the command line."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from surveygen import pipeline
from surveygen.config import Project, find_project
from surveygen.corpus import Store
from surveygen.domain.paper import PaperId, PendingPaper
from surveygen.errors import ConfigError
from surveygen.languages import load
from surveygen.web import ACTIONS, Credentials, make_app, serve

HERE = "http://127.0.0.1:8000"
KEYS = Credentials(8000, "the-token", "the-session", "the-csrf")
OWN = {"origin": HERE, "x-surveygen": KEYS.csrf}
SILENT = pipeline.NullProgress()


@pytest.fixture
def outside(copy: Project) -> Iterator[TestClient]:
    """A browser that has not shown the token."""
    with TestClient(make_app(copy, KEYS), base_url=HERE, follow_redirects=False) as client:
        yield client


@pytest.fixture
def client(outside: TestClient) -> TestClient:
    """A browser that has opened the address with the token."""
    outside.get(f"/?token={KEYS.token}")
    return outside


def act(client: TestClient, **order: str) -> Any:
    """Send an order about the survey as it is now."""
    state = client.get("/api/overview").json()["state"]
    return client.post("/api/act", json={"state": state, **order}, headers=OWN)


def test_the_token_opens_the_page_once_for_all(outside: TestClient) -> None:
    """It is traded for a cookie that scripts cannot read and other sites do not send, and leaves the address."""
    answer = outside.get(f"/?token={KEYS.token}")
    page = outside.get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert page.status_code == 200
    assert KEYS.token not in page.text
    assert KEYS.session not in page.text


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/api/overview", "/draft/en", "/nowhere", "/api/events"])
def test_without_the_token_nothing_is_shown(outside: TestClient, path: str) -> None:
    """Neither the page nor data, and no cookie is given."""
    answer = outside.get(path)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1:9", "127.0.0.1", ""])
def test_another_host_name_is_turned_away(client: TestClient, host: str) -> None:
    """A name that was made to lead to this machine gets nothing, even with the cookie."""
    assert client.get("/api/overview", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example", "x-surveygen": KEYS.csrf},
        {"origin": "null", "x-surveygen": KEYS.csrf},
        {"x-surveygen": KEYS.csrf},
        {"origin": HERE},
        {"origin": HERE, "x-surveygen": "guess"},
        {**OWN, "sec-fetch-site": "cross-site"},
        {**OWN, "sec-fetch-site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/api/act", "/api/rebuild"])
def test_a_change_from_another_site_is_refused(
    client: TestClient, copy: Project, path: str, headers: dict[str, str]
) -> None:
    """Whatever the cookie says: origin, site and the page's key must all fit; nothing is decided or built."""
    state = client.get("/api/overview").json()["state"]
    answer = client.post(path, json={"state": state, "action": "undo"}, headers=headers)

    assert answer.status_code == 403
    assert pipeline.history(copy).decisions == ()


def test_every_answer_forbids_what_is_not_needed(client: TestClient) -> None:
    """No framing, no guessing of types, no referrer, no keeping; the page runs its own script alone."""
    for path in ("/", "/api/overview", "/draft/en", "/nowhere"):
        headers = client.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    policy = client.get("/").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert client.get("/draft/en").headers["content-security-policy"].startswith("sandbox allow-scripts ")


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_no_way_in(client: TestClient, method: str) -> None:
    """Even from the page itself."""
    assert client.request(method, "/api/act", headers=OWN).status_code == 405


def test_a_paper_is_moved_and_the_move_taken_back(client: TestClient, copy: Project) -> None:
    """The decision is that of the command line, and the answer tells what followed."""
    before = client.get("/api/overview").json()
    paper = next(one for one in before["papers"] if one["how"] == "nearest")
    theme = next(one["id"] for one in before["themes"] if one["parent"] and one["id"] != paper["theme"])
    moved = act(client, action="move", paper=paper["id"], theme=theme).json()
    (made,) = pipeline.history(copy).decisions
    undone = act(client, action="undo").json()

    assert (made.action, made.subject, made.target) == ("move", paper["id"], theme)
    assert paper["title"] in moved["decided"]
    assert next(one for one in moved["papers"] if one["id"] == paper["id"])["theme"] == theme
    assert undone["decided"] == f"undone: {moved['decided']}"
    assert undone["papers"] == before["papers"]
    assert undone["undo"] is None


@pytest.mark.parametrize("code", ["ar", "ja"])
def test_the_page_speaks_the_language_of_the_survey(copy: Project, code: str) -> None:
    """That of its first edition: words, direction, names of themes, and what it says of a decision."""
    settings = copy.root / "survey.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('languages = ["en"]', f'languages = ["{code}", "en"]'), encoding="utf-8")
    language = load(code)
    with TestClient(make_app(find_project(copy.root, exact=True), KEYS), base_url=HERE) as client:
        page = client.get(f"/?token={KEYS.token}").text
        overview = client.get("/api/overview").json()
        paper, names = overview["papers"][0], [theme["name"] for theme in overview["themes"]]
        decided = act(client, action="exclude", paper=paper["id"]).json()["decided"]

    assert f'<html lang="{code}" dir="{language.direction}">' in page
    assert json.dumps(language.say("desk_pending"), ensure_ascii=False) in page
    assert decided == language.say("desk_said_exclude", what=paper["title"])
    assert names == [theme.name_in(code) for theme in pipeline.show(copy, SILENT).taxonomy]


def test_a_decision_about_a_survey_that_has_changed_is_refused(client: TestClient, copy: Project) -> None:
    """The page showed something else: the person is to look again, and nothing is decided."""
    old = client.get("/api/overview").json()
    pipeline.rename(copy, old["themes"][0]["id"], "Elsewhere")
    order = {"state": old["state"], "action": "exclude", "paper": old["papers"][0]["id"]}
    answer = client.post("/api/act", json=order, headers=OWN)

    assert answer.status_code == 409
    assert answer.json()["hint"]
    assert [one.action for one in pipeline.history(copy).decisions] == ["rename"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"action": "delete", "state": "x"}', "unknown action 'delete'"),
        ('{"action": "__class__", "state": "x"}', "unknown action"),
        ('{"action": "move", "state": "x", "paper": "1"}', "move needs"),
        ('{"action": "pin", "state": "x", "paper": "1", "more": "2"}', "pin needs"),
        ('{"action": "pin", "state": "x", "paper": ["1"]}', "pin needs"),
        ('{"action": "undo"}', "undo needs"),
        ("[]", "unknown action"),
        ("{", "not valid JSON"),
        ("[" * 50_000, "not valid JSON"),
        ('"' + "x" * 200_000 + '"', "too large"),
    ],
)
def test_an_order_that_is_none_is_refused(client: TestClient, copy: Project, body: str, said: str) -> None:
    """Unknown actions, missing, further and odd fields, invalid JSON, too much of it; nothing is decided."""
    answer = client.post("/api/act", content=body, headers=OWN)

    assert answer.status_code == 400
    assert said in answer.json()["message"]
    assert pipeline.history(copy).decisions == ()


def test_a_decision_that_cannot_be_tells_why(client: TestClient) -> None:
    """The message and the hint are those of the command line."""
    answer = act(client, action="move", paper="9999.99999", theme="outer")

    assert answer.status_code == 400
    assert "no paper" in answer.json()["message"]
    assert answer.json()["hint"]


def test_an_excluded_paper_can_be_brought_back(client: TestClient) -> None:
    """It is listed as such, under its title, and moving it to a theme puts it there."""
    before = client.get("/api/overview").json()
    paper = before["papers"][0]
    out = act(client, action="exclude", paper=paper["id"]).json()
    listed = next(one for one in out["papers"] if one["id"] == paper["id"])
    back = act(client, action="move", paper=paper["id"], theme=paper["theme"]).json()

    assert paper["title"] in out["decided"]
    assert listed["excluded"]
    assert client.get(f"/api/paper/{paper['id']}").json()["abstract"]
    assert next(one for one in back["papers"] if one["id"] == paper["id"])["theme"] == paper["theme"]


def test_every_verb_of_the_page_is_one_of_the_pipeline() -> None:
    """The actions are those that the issue names."""
    assert " ".join(sorted(ACTIONS)) == "accept drop edit exclude keep merge move pin rename split undo"


def test_themes_are_renamed_merged_and_listed(client: TestClient) -> None:
    """Each answer shows the survey as it has become, and the decisions in words."""
    themes = client.get("/api/overview").json()["themes"]
    top = themes[0]["id"]
    leaves = [one for one in themes if one["parent"] and one["parent"] != top]
    gone, into = leaves[0], next(one for one in leaves if one["parent"] == leaves[0]["parent"] and one != leaves[0])
    renamed = act(client, action="rename", theme=top, name="What to want").json()
    merged = act(client, action="merge", theme=gone["id"], into=into["id"]).json()

    assert next(one["name"] for one in renamed["themes"] if one["id"] == top) == "What to want"
    assert gone["id"] not in {one["id"] for one in merged["themes"]}
    assert [one["undone"] for one in merged["decisions"]] == [False, False]
    assert merged["undo"] == merged["decisions"][0]["text"]


def test_a_sentence_is_edited(client: TestClient) -> None:
    """It is listed with its author, and can be taken out and brought back."""
    line = next(one for one in client.get("/api/lines").json() if one["section"].startswith("theme-"))
    where = {"section": line["section"], "sentence": line["claim"]}
    answers = [act(client, action="edit", text="I say so.", **where), act(client, action="drop", **where)]
    kinds = [next(one for one in client.get("/api/lines").json() if one["claim"] == line["claim"])["kind"]]
    answers.append(act(client, action="keep", **where))
    now = next(one for one in client.get("/api/lines").json() if one["claim"] == line["claim"])

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert kinds == ["dropped"]
    assert (now["kind"], bool(now["by"])) == (line["kind"], True)


def test_a_rebuild_tells_how_far_it_is(client: TestClient, copy: Project) -> None:
    """Server-sent events end with the files that changed; meanwhile nothing is decided and no second one begins."""
    paper = client.get("/api/overview").json()["papers"][0]["id"]
    act(client, action="exclude", paper=paper)
    started = client.post("/api/rebuild", headers=OWN)
    second = client.post("/api/rebuild", headers=OWN)
    meanwhile = act(client, action="undo")
    events = [
        json.loads(line.removeprefix("data: "))
        for line in client.get("/api/events").text.splitlines()
        if line.startswith("data: ")
    ]

    assert started.status_code == 202
    assert (second.status_code, meanwhile.status_code) == (423, 423)
    assert events[-1]["running"] is False
    assert events[-1]["error"] == ""
    assert any(name.endswith("en/index.html") for name in events[-1]["changed"])
    built = json.loads((copy.output / "sample" / "en" / "survey.json").read_text("utf-8"))
    assert paper not in {row["paper"] for row in built["references"]}


def test_a_build_that_fails_says_so_on_the_page(client: TestClient, copy: Project) -> None:
    """With what happened and what to do, like the command line."""
    templates = copy.root / "templates" / "markdown"
    templates.mkdir(parents=True)
    (templates / "survey.md.j2").write_text("{{ nothing_of_the_kind }}", encoding="utf-8")
    pipeline.trust(copy)
    client.post("/api/rebuild", headers=OWN)
    last = json.loads(client.get("/api/events").text.strip().splitlines()[-1].removeprefix("data: "))

    assert "nothing_of_the_kind" in last["error"]
    assert last["hint"]


@pytest.mark.parametrize(
    "path", ["/draft/xx", "/draft/%2e%2e", "/draft/..%2f..%2fsurvey.toml", "/draft/en/survey.json"]
)
def test_only_editions_of_the_survey_are_served(client: TestClient, path: str) -> None:
    """No other file of the machine, and no other file of the draft."""
    assert client.get(path).status_code == 404


def test_a_paper_tells_why_it_is_there(client: TestClient) -> None:
    """Its abstract and the sentences that decided; what is unknown is an error."""
    paper = client.get("/api/overview").json()["papers"][0]["id"]

    assert client.get(f"/api/paper/{paper}").json()["abstract"]
    assert client.get("/api/paper/none").status_code == 400


def test_proposals_are_told_in_words(client: TestClient) -> None:
    """Each has an id to accept it by; there may be none."""
    rows = client.get("/api/proposals").json()

    assert all(set(one) == {"id", "text", "reason"} for one in rows)


def test_a_port_in_use_is_named(copy: Project) -> None:
    """The error says how to choose another one."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}") as caught:
            serve(copy, port, print)

    assert "--port" in caught.value.hint


def test_without_its_parts_the_command_says_what_to_install(copy: Project) -> None:
    """The rest of the program works without them."""
    code = "import sys; sys.modules['starlette'] = None\nfrom surveygen.cli import main\nmain()"
    words = [sys.executable, "-c", code, "-C", str(copy.root), "serve"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert 'pip install "surveygen[serve]"' in done.stderr


def test_the_address_is_told_when_it_is_heard(copy: Project) -> None:
    """Who opens it at once is let wait, not refused."""

    def open_at_once(address: str) -> None:
        there = urlsplit(address)
        socket.create_connection((str(there.hostname), there.port or 0)).close()
        raise _OpenedError

    with pytest.raises(_OpenedError):
        serve(copy, 0, open_at_once)


class _OpenedError(Exception):
    """Ends the server that was heard."""


def test_two_changes_within_a_second_are_two_states(client: TestClient, copy: Project) -> None:
    """A page that was shown between them is out of date."""
    old = client.get("/api/overview").json()
    with Store.open(copy.database) as store:
        at = store.changed_at()
        store.import_records([PendingPaper(PaperId("2401.00001"))], source="x", at=at)
        assert store.changed_at() == at
    order = {"state": old["state"], "action": "exclude", "paper": old["papers"][0]["id"]}
    refused = client.post("/api/act", json=order, headers=OWN)

    assert refused.status_code == 409


def test_the_page_says_whether_the_draft_is_of_this_state(client: TestClient, copy: Project) -> None:
    """Whatever the clock says: a draft is out of date once the store changes, and not after a build."""
    assert client.get("/api/overview").json()["pending"] is False
    draft = copy.output / "sample" / "en" / "index.html"
    os.utime(draft, (4e9, 4e9))
    act(client, action="exclude", paper=client.get("/api/overview").json()["papers"][0]["id"])
    assert client.get("/api/overview").json()["pending"] is True
    pipeline.build(copy, SILENT)

    assert client.get("/api/overview").json()["pending"] is False
