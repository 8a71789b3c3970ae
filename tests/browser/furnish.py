"""A world with everything that a page can show, its texts chosen by the test; and the addresses of every page in it."""

from __future__ import annotations

import http.client
import io
import itertools
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx_builder import docx
from fastapi.testclient import TestClient
from furnish_draft import checks, drafts
from routes_table import Route, routes
from translating_story import Story
from web_builders import NAMES, application, opened, signed_in
from whole import PASSWORD

from docpipe.accounts.roles import Role, User
from docpipe.model.batch import Batch, State
from docpipe.model.finding import Disposition
from docpipe.model.inline import Text
from docpipe.simulate import background
from docpipe.steps import decide, discuss, people, reckoning, sign, submissions, tokens
from docpipe.steps.exchange import bilingual_bytes, form_of
from docpipe.steps.exchange_import import Upload as Edited
from docpipe.steps.exchange_staging import stage_import
from docpipe.steps.house import House
from docpipe.steps.submissions import Upload
from docpipe.store import batches, documents, findings, units, users

PLAIN = ("Amendment 2, dose", "Please look at the unit of the dose", "The term is the sponsor's own")
EDITOR, APPROVER = "reviewer.one", "approver.one"
PERSON = "m.writer"
"""Whose printed name is one of the texts; who has every role that may go together, edits and decides."""
FAILING = "Unobtainium"
"""A word that the provider answers with an error."""


@contextmanager
def troubled_provider(root: str, says: str) -> Iterator[str]:
    """The simulated provider behind a door that names the model as told and refuses requests with ``FAILING`` in such words."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if FAILING.encode() in body:
                status, told = 400, json.dumps({"error": {"message": says, "type": says, "code": says}}).encode()
            else:
                there = http.client.HTTPConnection(root.removeprefix("http://"))
                there.request("POST", self.path, body, {"content-type": "application/json"})
                answer = there.getresponse()
                status, said = answer.status, json.loads(answer.read())
                told = json.dumps(said | {"model": says}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


WORKER = (Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.QUALITY, Role.OPERATOR)
ORDER: dict[str, tuple[Role, ...]] = (
    {PERSON: WORKER}
    | {name: (role,) for role, name in NAMES.items() if role is not Role.ADMINISTRATOR}
    | {NAMES[Role.ADMINISTRATOR]: (Role.ADMINISTRATOR,)}
)
"""Accounts and their roles, whoever sees most first."""


@dataclass(frozen=True)
class Visit:
    """A page, and who looks at it."""

    route: str
    address: str
    account: str


@dataclass
class Furnished:
    """The ids in it."""

    house: House
    waiting: str
    released: str
    troubled: str
    document: str
    other: str
    released_document: str
    failed_document: str
    refused_document: str
    segments: tuple[str, ...]
    submission: str
    discarded: str
    staged: str
    gated: str
    drafted: str
    draft_document: str
    checked: str
    checked_document: str

    def values(self, route: Route) -> list[dict[str, str]]:
        """What an address' parameters may be; a parameter that is not known here fails the test."""
        pairs = [
            (self.waiting, self.document), (self.released, self.released_document), (self.troubled, self.failed_document),
            (self.troubled, self.refused_document), (self.gated, self.draft_document), (self.drafted, self.draft_document),
            (self.checked, self.checked_document),
        ]  # fmt: skip
        found = []
        for batch, document in pairs:
            with self.house.store.read() as s:
                rows = [g.id for g in units.segments(s, document)]
            found.append(
                {
                    "batch": batch, "batch_id": batch, "document": document, "document_id": document,
                    "segment": rows[1] if len(rows) > 1 else "", "number": "1", "chain": batch, "name": PERSON, "page": "1",
                    "import_id": self.staged, "submission": self.submission, "path": "manifest.json", "topic": "review", "position": "1",
                    "sha256": "0" * 64, "stage": "sources", "what": "notes",
                }
            )  # fmt: skip
        found = [v for v in found if v["segment"] or "segment" not in route.parameters]
        if "topic" in route.parameters:
            from docpipe.steps.help import topics

            return [found[0] | {"topic": name} for name, _ in topics()]
        if "submission" in route.parameters:
            return [found[0], found[0] | {"submission": self.discarded}]
        if "chain" in route.parameters:
            return [v | {"number": n} for v in found for n in ("1", "4")]
        return found

    def addresses(self) -> list[tuple[Any, str]]:
        """Every page: route and address, whatever answers with HTML; and pages that a filter or a mistake leads to."""
        d, b = self.document, self.waiting
        more = [
            "/no-such-page", "/batches/B00000000-0000", "/batches?q=nothing-like-it", f"/documents/{d}?q=zzzz-nothing",
            f"/documents/{d}?status=approved&severity=critical&origin=tm&changed=1", f"/documents/{d}?per=25&page=2",
            f"/batches/{b}?state=waiting", "/audit?since=nonsense", "/audit?actor=" + EDITOR, "/queue?order=risk", "/api?q=rows",
            "/batches?state=waiting&mine=1", f"/documents/{d}/rows/{self.segments[3]}/edit", f"/documents/{d}/bulk?status=edited",
        ]  # fmt: skip
        found: dict[str, Any] = {}
        for route in (r for r in routes() if r.method == "GET" and not r.api):
            for values in self.values(route):
                found.setdefault(route.filled(values), route)
        found |= {address: f"extra {address.split('?')[0]}" for address in more}
        return [(route, address) for address, route in found.items()]

    def pages(self, everybody: bool = False) -> list[Visit]:
        """Every whole HTML page, seen by the first account that the route lets in, or by one account of every role."""
        asked, app, found = {}, application(self.house), []
        clients = {name: signed_in(app, name) for name in ORDER}
        for route, address in self.addresses():
            let_in = [n for n, roles in ORDER.items() if isinstance(route, str) or any(map(route.permits, roles))]
            name = str(route)
            if isinstance(route, str):
                asked[name] = True
            elif let_in and not asked.get(name):
                asked[name] = whole_page(clients[let_in[0]], address)
            if let_in and asked[name]:
                found += [Visit(name.removeprefix("GET "), address, n) for n in (let_in if everybody else let_in[:1])]
        return found


def whole_page(client: TestClient, address: str) -> bool:
    """Whether the address answers with a page (and not with a file, a part of a page or a redirect)."""
    if address.endswith((".pdf", ".jsonl")):
        return False
    answer = client.get(address)
    return (
        answer.status_code == 200
        and answer.headers.get("content-type", "").startswith("text/html")
        and answer.text[:40].startswith("<!DOCTYPE html>")
    )


def paragraph(text: str) -> str:
    """A paragraph with exactly this text."""
    return f'xml:<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _tmx(pairs: Sequence[tuple[str, str]], note: str) -> bytes:
    units_ = "".join(
        f"<tu creationid={quoteattr(note)} tuid={quoteattr(note)}><note>{escape(note)}</note><prop type='x-project'>{escape(note)}</prop>"
        f'<tuv xml:lang="en"><seg>{escape(s)}</seg></tuv><tuv xml:lang="es"><seg>{escape(t)}</seg></tuv></tu>'
        for s, t in pairs
    )
    head = '<header srclang="en" segtype="sentence" creationtool="t" creationtoolversion="1" adminlang="en" datatype="plaintext" o-tmf="t"/>'
    return f'<?xml version="1.0" encoding="utf-8"?><tmx version="1.4">{head}<body>{units_}</body></tmx>'.encode()


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _edited(data: bytes, texts: Sequence[str]) -> bytes:
    """The bilingual DOCX as somebody sends it back: words in two targets, a comment."""
    import docx as word

    document = word.Document(io.BytesIO(data))
    rows = document.tables[0].rows
    for number, text in ((1, texts[0]), (2, texts[-1])):
        rows[number].cells[2].paragraphs[0].add_run(f" {text}")
    document.add_comment(rows[1].cells[2].paragraphs[0].runs, text=texts[0], author=texts[0][:60], initials="L")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def file_name(text: str) -> str:
    """The text as far as a file may be named so."""
    return "".join(c for c in text if c not in "/\\\0:*?|" and c.isprintable()).strip(" .")[:80]


def furnish(folder: Path, texts: Sequence[str] = PLAIN) -> Furnished:
    """Builds it. ``texts``: what people and providers say."""
    said = itertools.cycle(texts)
    with background() as simulated, troubled_provider(simulated.root, texts[0]) as door:
        house = opened(folder, base_url=door, provider="openai", model="sim", office="off")
        return _furnish(house, folder, texts, said)


def _user(house: House, name: str) -> User:
    with house.store.read() as s:
        return users.get(s, name)


def _documents(house: House, batch: Batch) -> list[Any]:
    with house.store.read() as s:
        return documents.of_batch(s, batch.id)


def _furnish(house: House, folder: Path, texts: Sequence[str], said: Iterator[str]) -> Furnished:
    admin, editor, approver = (_user(house, n) for n in (NAMES[Role.ADMINISTRATOR], EDITOR, APPROVER))
    person = people.add_user(house, PERSON, next(said), [r.value for r in WORKER], PASSWORD, by=admin)
    people.set_roles(house, "quality.two", ["quality", "operator"], by=admin, reason=next(said))
    story = Story(house, folder)
    files = folder / "files"
    files.mkdir()

    def put(name: str, data: bytes) -> Path:
        path = files / f"{len(list(files.iterdir()))}-{name}"[:60].replace("<", "_")
        path.write_bytes(data)
        return path

    def batch(ups: Sequence[tuple[str, str, bytes]], **ordered: Any) -> Batch:
        uploads = [Upload(role, name, put("f", data)) for role, name, data in ups]
        made = submissions.begin(house, person, {"from": "en", "to": "es", "name": next(said), **ordered}, uploads)
        return submissions.confirm(house, made.id, person)

    body = [f"The dose was {n} mg. {text}" for n, text in enumerate(texts, 2)]
    terms = "concept,source,target,status,note\n" + "".join(
        f"c{n},{_cell(source)},{_cell(text)},{status},{_cell(next(said))}\n"
        for n, (source, text, status) in enumerate(
            [
                ("dose", texts[-1], "preferred"),
                ("visit", texts[0], "forbidden"),
                *((t[:60], t, "preferred") for t in texts),
            ]
        )
    )
    first = docx(
        "h1:Report of the study", paragraph(f"Title {texts[0]}").replace("<w:p>", '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'),
        "p:The *dose* was 5 mg at each visit[fn:A note on the dose].", *map(paragraph, body), *map(paragraph, texts), "tbl:Visit | Dose // Week 1 | 5 mg", header="Protocol QLZ-301",
    )  # fmt: skip
    memory = _tmx([(b, t) for b, t in zip(body, texts, strict=True)], texts[0])
    waiting = batch(
        [
            (submissions.DOCUMENT, f"m1/{file_name(texts[0]) or 'report'}.docx", first),
            (submissions.DOCUMENT, f"m5/{file_name(texts[-1]) or 'annex'} 2.docx", docx(*map(paragraph, texts))),
            ("memory", f"{file_name(texts[0]) or 'm'}.tmx", memory), ("termbase", f"{file_name(texts[0]) or 't'}.csv", terms.encode()),
        ],
        provider="rehearsal",
    )  # fmt: skip
    assert story.run(waiting) is State.WAITING
    document, other = _documents(house, waiting)[:2]
    with house.store.read() as s:
        rows = units.segments(s, document.id)
    half = rows[: len(rows) * 2 // 3]
    decide.edit(
        house, document.id, {g.id: (Text(text),) for g, text in zip(half, itertools.cycle(texts))}, person, next(said)
    )
    decide.edit(house, document.id, {rows[2].id: (Text(texts[-1]),)}, editor, next(said))
    decide.approve(house, document.id, [rows[0].id], approver)
    decide.reject(house, document.id, [rows[1].id], approver, next(said))
    for n, text in enumerate(texts):
        row = rows[n % len(rows)].id
        discuss.comment(house, document.id, row, person if n % 2 else editor, text, question=n % 3 == 0)
    with house.store.read() as s:
        listed = findings.listing(s, document.id, disposition=Disposition.OPEN)
    for one, text in zip(
        [f for f in listed if f.segment][:: max(1, len(listed) // (len(texts) + 1))], texts, strict=False
    ):
        decide.dismiss_all(house, document.id, [one.id], person, text)

    released = batch(
        [(submissions.DOCUMENT, "m2/overview.docx", docx(paragraph(texts[0]), "p:The dose was 5 mg."))],
        provider="rehearsal",
    )
    assert story.run(released) is State.WAITING
    done = _documents(house, released)[0]
    with house.store.read() as s:
        done_rows = units.segments(s, done.id)
    decide.edit(
        house,
        done.id,
        {g.id: (Text("La dosis fue de 5 mg." if "dose" in g.wire else texts[0]),) for g in done_rows},
        editor,
        "by hand",
    )
    with house.store.read() as s:
        left = [f.id for f in findings.listing(s, done.id, disposition=Disposition.OPEN)]
    if left:
        decide.dismiss_all(house, done.id, left, approver, next(said))
    outcome = decide.approve(house, done.id, None, approver)
    assert not outcome.refused, outcome.refused
    sign.sign(house, done.id, APPROVER, PASSWORD, "approval")
    story.run(released)

    troubled = batch(
        [
            (submissions.DOCUMENT, f"bad/{file_name(texts[0]) or 'x'}.docx", docx(f"p:{FAILING} was given.")),
            (submissions.DOCUMENT, f"old {file_name(texts[0])}.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")),
            (submissions.DOCUMENT, "good.docx", docx("p:The dose was 5 mg.", "p:The visit was in week 2.")),
        ],
        model=texts[0],
    )  # fmt: skip
    story.run(troubled)
    listed_ = {d.path.split("/")[0].split(" ")[0]: d for d in _documents(house, troubled)}

    made = submissions.begin(
        house, person, {"from": "en", "to": "es", "name": next(said), "provider": "rehearsal"},
        [Upload(submissions.DOCUMENT, f"m5/{file_name(texts[0]) or 'x'}.docx", put("s", first)), Upload(submissions.DOCUMENT, "old.doc", put("o", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"))),
         Upload("memory", f"{file_name(texts[0]) or 'm'}.tmx", put("m", memory))],
    )  # fmt: skip
    reckoning.start(house, made.id, wait=60)
    gone = submissions.begin(
        house,
        person,
        {"from": "en", "to": "es", "name": next(said), "provider": "rehearsal"},
        [Upload(submissions.DOCUMENT, "a.docx", put("g", first))],
    )
    submissions.discard(house, gone.id, person)
    with house.store.read() as s:
        now = batches.get(s, waiting.id)
        document = documents.get(s, document.id)
    staged = stage_import(
        house,
        [
            Edited(
                f"{file_name(texts[0]) or 'x'}.docx",
                _edited(bilingual_bytes(house, now, document, form_of("docx")), texts),
            )
        ],
        person,
        waiting.id,
    )
    for name in NAMES.values():
        label = "".join(c for c in next(said) if c.isprintable())[:80]
        tokens.make_token(house, _user(house, name), label)
        people.start_session(house, _user(house, name), address="192.0.2.7", agent=label)
    name = file_name(texts[0]) or "subjects"
    drafted = drafts(house, folder, texts, said, name, _user(house, EDITOR), approver)
    return Furnished(
        house, waiting.id, released.id, troubled.id, document.id, other.id, done.id, listed_["bad"].id, listed_["old"].id,
        tuple(g.id for g in rows), made.id, gone.id, staged.id, *drafted,
        *checks(house, folder, texts, said, name, approver),
    )  # fmt: skip
