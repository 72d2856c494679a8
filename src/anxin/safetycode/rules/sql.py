"""The colour rule as the database works it out, written from the same data: for whole cities at once.

`colour` in this package is the rule; a test holds the two against each other over every combination of facts.
"""

from __future__ import annotations

from datetime import date

from anxin.safetycode.rules.sets import Book, Combination, Condition, RuleSet
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import CREDIT, PAPER_PARTS, REASONS_OF, Judgement, Part, ReasonCode

# Which reason a number means: the place of the reason in REASONS_OF, from 1 on; 0 = in order. Papers are numbered by
# their rank, as the worth of papers ranks them.
_RANKS = ("missing", "not_yet", "pending", "failed", "expired")
_CREDIT_PARTS = (Part.BARRED, Part.BREACH, Part.SCORE)
_CODE = {
    CodeState.SUSPENDED: ReasonCode.CODE_SUSPENDED, CodeState.REVOKED: ReasonCode.CODE_REVOKED,
    CodeState.SUPERSEDED: ReasonCode.CODE_SUPERSEDED,
}  # fmt: skip


def _number(reason: ReasonCode, part: Part) -> int:
    if part in PAPER_PARTS:
        return _RANKS.index(str(reason).removeprefix(f"{part}_")) + 1
    return REASONS_OF[part].index(reason) + 1


def judged_sql(book: Book, day: date, worth: str, *, rank: int, first_day: str, among: str = "") -> str:
    """Rows of Judged (worker_id, colour, reasons, rule_set, rule_version, turns_on) for all codes on %(day)s.

    day: the same day, which tells the versions in force. worth: the workers' statement of what papers are worth,
    with its rank and first day. among: a further condition on the worker_id of each table, as " = ANY (…)".
    """
    bases = {name: book.version(name, day) for name in book.choices}
    overlay = book.version(CREDIT, day)
    papers = {part: _paper_flaw(part, bases, rank, first_day) for part in PAPER_PARTS}
    found = {Part.CODE: _code_flaw(), **papers, **_credit_flaws(overlay)}
    only, also = (f"WHERE k.worker_id{among}", f" AND o.worker_id{among}") if among else ("", "")
    # OFFSET 0, so that no flaw is worked out again for each of the rules that ask for it.
    flaws = ", ".join(f"{text} AS {_flaw(part)}" for part, text in found.items())
    return f"""
      SELECT worker_id, {_colour(bases, overlay)} AS colour, {_reasons(overlay, rank, first_day)} AS reasons,
        {_names(bases, overlay)}, turns_on
      FROM (
        SELECT k.worker_id, k.valid_to, h.rule_set, h.credit, o.breach_on,
          {", ".join(f"w.{part}" for part in PAPER_PARTS)}, {flaws},
          LEAST({_turns(book, day)}) AS turns_on
        FROM safetycode_safetycode k
        LEFT JOIN ({worth}) w ON w.worker_id = k.worker_id
        LEFT JOIN safetycode_creditoverlay o ON o.worker_id = k.worker_id AND o.ended_at IS NULL{also}
        LEFT JOIN (
          SELECT issuer_id, min(valid_from) FILTER (WHERE valid_from > %(day)s) AS next,
            (array_agg(rule_set ORDER BY valid_from DESC, created_at DESC, id DESC)
              FILTER (WHERE valid_from <= %(day)s))[1] AS rule_set,
            (array_agg(credit ORDER BY valid_from DESC, created_at DESC, id DESC)
              FILTER (WHERE valid_from <= %(day)s))[1] AS credit
          FROM safetycode_rulechoice GROUP BY issuer_id
        ) h ON h.issuer_id = k.issuer_id
        {only} OFFSET 0
      ) codes
    """  # nosec B608  # only our own constants and placeholders


def _code_flaw() -> str:
    found = {state: _number(reason, Part.CODE) for state, reason in _CODE.items()}
    cases = " ".join(f"WHEN '{state}' THEN {number}" for state, number in found.items())
    over = _number(ReasonCode.CODE_EXPIRED, Part.CODE)
    return (
        f"CASE WHEN k.state = '{CodeState.ISSUED}' AND k.valid_to >= %(day)s THEN 0"
        f" ELSE CASE k.state {cases} ELSE {over} END END"
    )


def _paper_flaw(part: Part, bases: dict[str, RuleSet], rank: int, first_day: str) -> str:
    """0 for whoever's rule set does not read the part."""
    least = f"{5 * rank} + (%(day)s::date - {first_day})"
    flaw = f"CASE WHEN w.{part} >= {least}{{spared}} THEN 0 ELSE GREATEST(w.{part} / {rank}, 1) END"
    spared = {name: one.grace.get(part, 0) for name, one in bases.items()}
    texts = {
        name: flaw.format(spared=f" - {spared[name]}" if spared[name] else "") if part in one.parts else "0"
        for name, one in bases.items()
    }
    return _by_choice(texts, "h.")


def _credit_flaws(overlay: RuleSet) -> dict[Part, str]:
    recent = f"o.breach_on <= %(day)s AND o.breach_on + {overlay.breach_days} > %(day)s"
    tests = {
        Part.BARRED: "o.barred",
        Part.BREACH: recent,
        Part.SCORE: f"o.score < {overlay.least_score}",
    }
    return {part: f"CASE WHEN h.credit AND {test} THEN 1 ELSE 0 END" for part, test in tests.items()}


def _by_choice(texts: dict[str, str], of: str = "") -> str:
    """The text of the chosen rule set; the first one's where none was chosen."""
    default, *others = texts
    cases = [f"WHEN '{name}' THEN {texts[name]}" for name in others if texts[name] != texts[default]]
    return f"CASE {of}rule_set {' '.join(cases)} ELSE {texts[default]} END" if cases else texts[default]


def _flaw(part: Part) -> str:
    return f"{part}_flaw" if part in PAPER_PARTS else str(part)


def _holds(line: Combination) -> str:
    return "(" + " AND ".join(_met(one) for one in line) + ")"


def _met(one: Condition) -> str:
    if one.reasons == frozenset(REASONS_OF[one.part]):
        return f"{_flaw(one.part)} > 0"
    numbers = sorted(_number(reason, one.part) for reason in one.reasons)
    return f"{_flaw(one.part)} IN ({', '.join(map(str, numbers))})"


def _any(lines: tuple[Combination, ...]) -> str:
    return " OR ".join(map(_holds, lines)) or "false"


def _colour(bases: dict[str, RuleSet], overlay: RuleSet) -> str:
    """Where nothing is out of order, no rule is asked."""
    flaws = " + ".join(_flaw(part) for part in Part)
    red = _by_choice({name: f"({_any(one.red)})" for name, one in bases.items()})
    yellow = _by_choice({name: f"({_any(one.yellow)})" for name, one in bases.items()})
    return (
        f"CASE WHEN {flaws} = 0 THEN 'green' WHEN {red} OR {_any(overlay.red)} THEN 'red'"
        f" WHEN {yellow} OR {_any(overlay.yellow)} THEN 'yellow' ELSE 'green' END"
    )


def _reasons(overlay: RuleSet, rank: int, first_day: str) -> str:
    flaws = " + ".join(_flaw(part) for part in Part)
    told = ", ".join(_told(part, rank, first_day) for part in Part)
    return (
        f"CASE WHEN {flaws} = 0 THEN '{{}}'::varchar[] ELSE array_remove(ARRAY[{told}]::varchar[], NULL) END"
    )


def _told(part: Part, rank: int, first_day: str) -> str:
    if part is Part.CODE:
        over = _number(ReasonCode.CODE_EXPIRED, part)
        names = " ".join(f"WHEN {_number(reason, part)} THEN '{reason}'" for reason in REASONS_OF[part])
        return (
            f"CASE WHEN code = {over} THEN '{ReasonCode.CODE_EXPIRED}@' || {_day('valid_to')}"
            f" ELSE CASE code {names} END END"
        )
    if part is Part.BREACH:
        return f"CASE WHEN {part} > 0 THEN '{ReasonCode.CREDIT_BREACH}@' || {_day('breach_on')} END"
    if part in _CREDIT_PARTS:
        return f"CASE WHEN {part} > 0 THEN '{REASONS_OF[part][0]}' END"
    shown = {
        "not_yet": f"{first_day} + ({rank - 1} - {part} %% {rank})",
        "failed": f"{first_day} + {part} %% {rank}",
        "expired": f"{first_day} + {part} %% {rank}",
    }
    cases = " ".join(
        f"WHEN {number} THEN '{part}_{state}'"
        + (f" || '@' || {_day(shown[state])}" if state in shown else "")
        for number, state in enumerate(_RANKS, 1)
    )
    return f"CASE {part}_flaw {cases} END"


def _day(text: str) -> str:
    return f"to_char({text}, 'YYYY-MM-DD')"


def _names(bases: dict[str, RuleSet], overlay: RuleSet) -> str:
    plain = {name: f"'{one.id}'" for name, one in bases.items()}
    both = {name: f"'{one.id}+{overlay.id}'" for name, one in bases.items()}
    versions = {name: f"'{one.version}'" for name, one in bases.items()}
    laid = {name: f"'{one.version}+{overlay.version}'" for name, one in bases.items()}
    return (
        f"CASE WHEN credit THEN {_by_choice(both)} ELSE {_by_choice(plain)} END AS rule_set,"
        f" CASE WHEN credit THEN {_by_choice(laid)} ELSE {_by_choice(versions)} END AS rule_version"
    )


def _turns(book: Book, day: date) -> str:
    marks = ["w.turns", "h.next", "CASE WHEN k.valid_to >= %(day)s THEN k.valid_to + 1 END"]
    marks.append("CASE WHEN o.breach_on > %(day)s THEN o.breach_on END")
    marks += [
        f"CASE WHEN o.breach_on + {days} > %(day)s THEN o.breach_on + {days} END"
        for days in sorted(book.breach_days)
    ]
    if versions := [one.valid_from for one in book.sets if one.valid_from > day]:
        marks.append(f"DATE '{min(versions).isoformat()}'")
    return ", ".join(marks)


def told(judgement: Judgement) -> list[str]:
    """The reasons as Judged keeps them."""
    return [f"{one.code}@{one.day.isoformat()}" if one.day else str(one.code) for one in judgement.reasons]
