"""docs/security-level2.md: each control of level 2 (GB/T 22239 ch. 7), where the code keeps it, which tests show it.

usage: python -m tools.level2      write it anew

A control without a module or without a test fails `make check`, unless it is kept by people and says how; so does a
module or a test that is named here and is gone.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Level 2: control, where, test

The controls of GB/T 22239 chapter 7 in our own words. Written from `tools/level2.py` by `make docs`; `make check` fails
if a module or a test named there is gone. What people keep is listed with what they do.

| point | control | where | shown by |
| --- | --- | --- | --- |
"""


@dataclass(frozen=True)
class Control:
    """`where`: modules below src/anxin. `tests`: file::test below tests. `people`: what is done by people instead."""

    point: str
    words: str
    where: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    people: str = ""


SIGN_IN, ADMIN, RIGHTS = "accounts/test_sign_in.py::", "accounts/test_admin.py::", "accounts/test_rights.py::"
TRAIL, HEADERS, RECOVERY = "audit/test_trail.py::", "config/test_headers.py::", "config/test_recovery.py::"
CONTROLS = (
    Control(
        "身份鉴别 a", "one account to a person; password of enough length and kinds, changed, not used again",
        ("accounts/rules/sign_in.py", "accounts/actions/sign_in.py"),
        (SIGN_IN + "test_weak_passwords_are_refused", SIGN_IN + "test_the_last_five_passwords_cannot_come_back",
         SIGN_IN + "test_an_old_password_signs_in_but_gives_no_post"),
    ),
    Control(
        "身份鉴别 b", "failed attempts lock; sessions end when idle, and by signing out",
        ("accounts/actions/lockout.py", "accounts/actions/sessions.py"),
        (SIGN_IN + "test_five_wrong_passwords_lock_for_ten_minutes_even_the_right_one",
         SIGN_IN + "test_idle_time_is_two_hours_as_oneself_and_thirty_minutes_in_a_post",
         SIGN_IN + "test_sign_out_ends_the_session"),
    ),
    Control(
        "身份鉴别 c", "credentials cross the network under TLS only",
        ("config/headers.py", "config/settings.py"), (HEADERS + "test_cookies_over_tls_belong_to_this_host_alone",),
    ),
    Control(
        "身份鉴别 d (beyond level 2)", "a second factor for posts: TOTP or passkey",
        ("accounts/actions/second.py", "accounts/actions/totp.py", "accounts/actions/passkeys.py"),
        ("accounts/test_factors.py::test_five_wrong_answers_lock_the_second_factor_even_for_the_right_one",
         "accounts/test_passkeys.py::test_a_passkey_alone_signs_in_with_two_factors"),
    ),
    Control(
        "访问控制 a", "rights by person and post, scoped to organisation and region",
        ("kit/access.py", "accounts/rules/permissions.py"),
        ("architecture/test_whole_cast.py::test_every_post_gets_what_the_table_says",
         "architecture/test_strangers.py::test_a_stranger_gets_nothing_of_others"),
    ),
    Control(
        "访问控制 b", "no built-in account or password",
        ("accounts/actions/links.py",),
        (ADMIN + "test_an_empty_house_has_nobody_who_could_sign_in_by_password",
         ADMIN + "test_the_first_administrator_comes_in_by_a_link_that_works_once"),
    ),
    Control(
        "访问控制 c", "unused rights lapse", ("accounts/rules/lapse.py",),
        (RIGHTS + "test_a_post_unused_for_ninety_days_is_warned_of_then_suspended_and_comes_back",),
    ),
    Control(
        "访问控制 d", "least privilege; three administrators apart; rights by request and approval",
        ("accounts/actions/rights.py", "accounts/rules/permissions.py"),
        (RIGHTS + "test_no_administrator_stands_in_for_another",
         RIGHTS + "test_the_head_approves_and_the_post_ends_when_it_was_asked_to",
         "architecture/test_rules.py::test_the_auditor_changes_nothing"),
    ),
    Control(
        "安全审计 a, b", "acts of every person, with time, person, kind and subject", ("audit/actions/record.py",),
        ("architecture/test_states.py::test_every_change_of_state_leaves_a_history_row",),
    ),
    Control(
        "安全审计 c", "the trail can be neither changed nor cut without it being seen",
        ("audit/actions/seals.py", "audit/rules.py"),
        (TRAIL + "test_the_database_itself_refuses_to_change_or_remove_an_entry",
         TRAIL + "test_every_kind_of_tampering_is_found"),
    ),
    Control("入侵防范 a", "minimal installation", people="only what requirements.lock names is installed"),
    Control(
        "入侵防范 b", "only needed ports: all processes listen on the loopback, the database on a socket",
        ("config/process.py", "config/embedded/server.py"),
        ("config/test_embedded.py::test_nobody_enters_without_the_password_nor_over_the_network",),
    ),
    Control(
        "入侵防范 c", "administration from named networks only", ("kit/network.py", "accounts/actions/sign_in.py"),
        (ADMIN + "test_posts_of_the_operator_are_for_its_networks_only",
         ADMIN + "test_a_program_cannot_get_round_the_networks_by_naming_the_post"),
    ),
    Control(
        "入侵防范 d", "input is validated at pages and API; asking too often is held",
        ("config/reading.py", "config/limits.py", "kit/outbound.py"),
        ("config/test_limits.py::test_many_at_once_get_no_more_than_the_allowance",
         "kit/test_outbound.py::test_a_name_that_leads_inside_is_refused"),
    ),
    Control(
        "入侵防范 e", "known vulnerabilities are found", (),
        ("architecture/test_tools.py::test_a_dependency_with_an_advisory_is_told",),
        "`make check` asks for advisories; the operator upgrades",
    ),
    Control(
        "恶意代码防范", "uploads are known by content, made anew, and scanned",
        ("files/rules.py", "files/actions/keep.py"),
        ("files/test_scanner.py::test_an_infected_upload_is_refused_and_nothing_is_kept",
         "files/test_files.py::test_name_and_declared_type_do_not_decide"),
    ),
    Control("可信验证", "start from a trusted root", people="optional at level 2; not done by the product"),
    Control(
        "数据完整性", "what arrives is what was sent: signatures of partners, digests of files and backups",
        ("payments/adapters/wechatpay/protocol.py", "config/recovery/stream.py"),
        (RECOVERY + "test_a_tampered_backup_a_foreign_key_and_a_gap_in_the_log_are_refused_in_words",),
    ),
    Control(
        "数据备份恢复 a, b", "encrypted backups, here and elsewhere, proved by restoring them",
        ("config/recovery/base.py", "config/recovery/drill.py", "config/recovery/s3.py"),
        (RECOVERY + "test_a_house_comes_back_at_any_moment_with_its_uploads",
         RECOVERY + "test_nothing_in_the_store_can_be_read_without_the_key"),
    ),
    Control(
        "剩余信息保护", "nothing readable stays of credentials and of who left; no number of a person in a log",
        ("kit/logs.py", "accounts/actions/codes.py"),
        (SIGN_IN + "test_the_code_is_not_kept_readable",
         "governance/test_closing.py::test_the_sealed_columns_are_overwritten_in_the_table_itself",
         "config/test_operations.py::test_no_log_line_carries_a_number_of_a_person"),
    ),
    Control(
        "个人信息保护 a", "only what a purpose needs is kept, and not longer", ("governance/values/__init__.py",),
        ("governance/test_register.py::test_no_column_that_holds_a_person_is_missing",
         "governance/test_register.py::test_every_class_ends_by_a_rule_or_by_a_job_or_with_what_it_belongs_to"),
    ),
    Control(
        "个人信息保护 b", "no look without right and reason; each look is written down", ("kit/masks.py",),
        ("governance/test_looks.py::test_each_look_is_audited_without_what_was_seen",
         "governance/test_looks.py::test_without_a_reason_nothing_is_shown_and_nothing_kept"),
    ),
    Control(
        "故障 (availability)", "a fault loses nothing acknowledged, doubles nothing, and is told as passing",
        ("kit/again.py", "web/public.py"),
        ("config/test_faults.py::test_a_database_or_disk_that_fails_is_told_as_passing",
         "config/test_faults.py::test_the_job_of_a_killed_worker_is_run_again_once"),
    ),
    Control("安全管理中心", "administrators' and auditors' work is authenticated and recorded",
            ("audit/actions/record.py",), (TRAIL + "test_an_untouched_trail_verifies",)),
    Control("管理: 人员", "three posts, outsiders' access registered and removed",
            people="appointments and their ends are in the trail; outsiders get a post with an end date"),
    Control("管理: 定级备案, 测评", "filing of the grade, assessment every two years", people="the operator's records"),
    Control("管理: 运维", "routine checks, a restore test a quarter, a drill a year",
            people="commands and times in operations.md; `anxin drill` prints what is filed"),
)  # fmt: skip


def page() -> str:
    """The text of docs/security-level2.md."""
    told = [HEAD]
    for one in CONTROLS:
        where = "<br>".join(f"`{name}`" for name in one.where)
        tests = "<br>".join(f"`{name}`" for name in one.tests)
        told.append(
            f"| {one.point} | {one.words} | {where or '—'} | {tests}{'<br>' * bool(tests)}{one.people} |\n"
        )
    return "".join(told).replace("<br> |", " |")


def _gone(root: Path, one: Control) -> list[str]:
    found = [
        f"{one.point}: src/anxin/{n} is gone" for n in one.where if not (root / "src/anxin" / n).is_file()
    ]
    for name in one.tests:
        file, _, test = name.partition("::")
        path = root / "tests" / file
        if not path.is_file() or not re.search(rf"^def {re.escape(test)}\(", path.read_text(), re.MULTILINE):
            found.append(f"{one.point}: tests/{name} is gone")
    return found


def problems(root: Path) -> list[str]:
    """One line for each control that nothing shows, and one if the page is not the table as it is."""
    found = [line for one in CONTROLS for line in _gone(root, one)]
    found += [
        f"{one.point}: no module or no test, and nobody keeps it"
        for one in CONTROLS
        if not one.people and not (one.where and one.tests)
    ]
    path = root / "docs" / "security-level2.md"
    if not path.exists() or path.read_text() != page():
        found.append("docs/security-level2.md is out of date: `make docs` writes it anew")
    return found


if __name__ == "__main__":
    (ROOT / "docs" / "security-level2.md").write_text(page())
    sys.exit("\n".join(problems(ROOT)) or None)
