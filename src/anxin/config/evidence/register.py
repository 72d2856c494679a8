"""The controls of level 2 (GB/T 22239 chapter 7): where the code keeps each, which tests show it, what says so here.

The page /desk/level2/ and docs/security-level2.md are both made of this. A module or test named here that is gone fails
`make check`; so does a control that nothing keeps.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Control:
    """`where`: modules below src/anxin. `tests`: file::test below tests. `people`: what is done by people instead.

    `words` for the document and readers of English, `told` for readers of Chinese. `facts` names what this very house
    can say of itself (anxin.config.evidence.facts).
    """

    point: str
    words: str
    told: str
    where: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    people: str = ""
    people_told: str = ""
    facts: tuple[str, ...] = ()


# What this house can say of itself; anxin.config.evidence.facts finds each.
FACTS = (
    "second", "locked", "suspended", "tls", "networks", "demo", "rights", "audit", "unsealed", "limits", "scanner",
    "key", "backup", "drill",
)  # fmt: skip
SIGN_IN, ADMIN, RIGHTS = "accounts/test_sign_in.py::", "accounts/test_admin.py::", "accounts/test_rights.py::"
TRAIL, HEADERS, RECOVERY = "audit/test_trail.py::", "config/test_headers.py::", "config/test_recovery.py::"
CONTROLS = (
    Control(
        "身份鉴别 a", "one account to a person; password of enough length and kinds, changed, not used again",
        "一人一账号；密码够长、够杂、定期更换，用过的不再用",
        ("accounts/rules/sign_in.py", "accounts/actions/sign_in.py"),
        (SIGN_IN + "test_weak_passwords_are_refused", SIGN_IN + "test_the_last_five_passwords_cannot_come_back",
         SIGN_IN + "test_an_old_password_signs_in_but_gives_no_post"),
        facts=("second", "locked",),
    ),
    Control(
        "身份鉴别 b", "failed attempts lock; sessions end when idle, and by signing out",
        "多次失败即锁定；闲置或退出后会话结束",
        ("accounts/actions/lockout.py", "accounts/actions/sessions.py"),
        (SIGN_IN + "test_five_wrong_passwords_lock_for_ten_minutes_even_the_right_one",
         SIGN_IN + "test_idle_time_is_two_hours_as_oneself_and_thirty_minutes_in_a_post",
         SIGN_IN + "test_sign_out_ends_the_session"),
        facts=("locked",),
    ),
    Control(
        "身份鉴别 c", "credentials cross the network under TLS only",
        "登录信息只经加密通道传输",
        ("config/headers.py", "config/settings.py"), (HEADERS + "test_cookies_over_tls_belong_to_this_host_alone",),
        facts=("tls",),
    ),
    Control(
        "身份鉴别 d（高于二级）", "a second factor for posts: TOTP or passkey",
        "岗位登录要第二重验证：动态口令或通行密钥",
        ("accounts/actions/second.py", "accounts/actions/totp.py", "accounts/actions/passkeys.py"),
        ("accounts/test_factors.py::test_five_wrong_answers_lock_the_second_factor_even_for_the_right_one",
         "accounts/test_passkeys.py::test_a_passkey_alone_signs_in_with_two_factors"),
        facts=("second",),
    ),
    Control(
        "访问控制 a", "rights by person and post, scoped to organisation and region",
        "按人、岗位、单位和区域授权",
        ("kit/access.py", "accounts/rules/permissions.py"),
        ("architecture/test_whole_cast.py::test_every_post_gets_what_the_table_says",
         "architecture/test_strangers.py::test_a_stranger_gets_nothing_of_others",
         "architecture/test_live_streams.py::test_each_kind_is_told_to_those_whom_it_concerns_and_to_no_other"),
        facts=("rights",),
    ),
    Control(
        "访问控制 b", "no built-in account or password",
        "没有内置账号和内置密码",
        ("accounts/actions/links.py",),
        (ADMIN + "test_an_empty_house_has_nobody_who_could_sign_in_by_password",
         ADMIN + "test_the_first_administrator_comes_in_by_a_link_that_works_once"),
        facts=("demo",),
    ),
    Control(
        "访问控制 c", "unused rights lapse",
        "长期不用的权限自动停用", ("accounts/rules/lapse.py",),
        (RIGHTS + "test_a_post_unused_for_ninety_days_is_warned_of_then_suspended_and_comes_back",),
        facts=("suspended",),
    ),
    Control(
        "访问控制 d", "least privilege; three administrators apart; rights by request and approval",
        "最小权限；三员分立；权限先申请后审批",
        ("accounts/actions/rights.py", "accounts/rules/permissions.py"),
        (RIGHTS + "test_no_administrator_stands_in_for_another",
         RIGHTS + "test_the_head_approves_and_the_post_ends_when_it_was_asked_to",
         "architecture/test_rules.py::test_the_auditor_changes_nothing"),
    ),
    Control(
        "安全审计 a, b", "acts of every person, with time, person, kind and subject",
        "每个人的重要操作都有记录：时间、人员、类型、对象", ("audit/actions/record.py",),
        ("architecture/test_states.py::test_every_change_of_state_leaves_a_history_row",),
    ),
    Control(
        "安全审计 c", "the trail can be neither changed nor cut without it being seen",
        "审计记录不能改、不能删，改动必被发现",
        ("audit/actions/seals.py", "audit/rules.py", "audit/adapters/timestamps.py"),
        (TRAIL + "test_the_database_itself_refuses_to_change_or_remove_an_entry",
         TRAIL + "test_every_kind_of_tampering_is_found",
         "audit/test_timestamps.py::test_the_newest_anchor_is_stamped_once_and_verified_without_asking"),
        facts=("audit", "unsealed",),
    ),
    Control("入侵防范 a", "minimal installation",
        "最小安装", people="only what requirements.lock names is installed",
        people_told="只安装 requirements.lock 所列的软件"),
    Control(
        "入侵防范 b", "only needed ports: all processes listen on the loopback, the database on a socket",
        "只开放必要端口：进程只听本机，数据库只走套接字",
        ("config/process.py", "config/embedded/server.py"),
        ("config/test_embedded.py::test_nobody_enters_without_the_password_nor_over_the_network",),
    ),
    Control(
        "入侵防范 c", "administration from named networks only",
        "管理岗位只能从指定网络登录", ("kit/network.py", "accounts/actions/sign_in.py"),
        (ADMIN + "test_posts_of_the_operator_are_for_its_networks_only",
         ADMIN + "test_a_program_cannot_get_round_the_networks_by_naming_the_post"),
        facts=("networks",),
    ),
    Control(
        "入侵防范 d", "input is validated at pages and API; asking too often is held",
        "页面和接口校验输入；请求过频即限流",
        ("config/reading.py", "config/limits.py", "kit/outbound.py"),
        ("config/test_limits.py::test_many_at_once_get_no_more_than_the_allowance",
         "kit/test_outbound.py::test_a_name_that_leads_inside_is_refused"),
        facts=("limits",),
    ),
    Control(
        "入侵防范 e", "known vulnerabilities are found",
        "能发现已知漏洞", (),
        ("architecture/test_tools.py::test_a_dependency_with_an_advisory_is_told",),
        "`make check` asks for advisories; the operator upgrades",
        people_told="make check 查询漏洞公告，由运营方升级",
    ),
    Control(
        "恶意代码防范", "uploads are known by content, made anew, and scanned",
        "上传文件按内容识别、重新生成并查毒",
        ("files/rules.py", "files/actions/keep.py"),
        ("files/test_scanner.py::test_an_infected_upload_is_refused_and_nothing_is_kept",
         "files/test_files.py::test_name_and_declared_type_do_not_decide"),
        facts=("scanner",),
    ),
    Control("可信验证", "start from a trusted root",
        "从可信根启动", people="optional at level 2; not done by the product",
        people_told="二级可选，本系统不做"),
    Control(
        "数据完整性", "what arrives is what was sent: signatures of partners, digests of files and backups",
        "传来的就是发出的：合作方签名、文件和备份的摘要",
        ("payments/adapters/wechatpay/protocol.py", "config/recovery/stream.py"),
        (RECOVERY + "test_a_tampered_backup_a_foreign_key_and_a_gap_in_the_log_are_refused_in_words",),
        facts=("key",),
    ),
    Control(
        "数据备份恢复 a, b", "encrypted backups, here and elsewhere, proved by restoring them",
        "加密备份，本地和异地，靠恢复来证明",
        ("config/recovery/base.py", "config/recovery/drill.py", "config/recovery/s3.py"),
        (RECOVERY + "test_a_house_comes_back_at_any_moment_with_its_uploads",
         RECOVERY + "test_nothing_in_the_store_can_be_read_without_the_key",
         "config/test_object_store.py::test_a_house_comes_back_from_it_at_a_chosen_moment"),
        facts=("backup", "drill",),
    ),
    Control(
        "剩余信息保护", "nothing readable stays of credentials and of who left; no number of a person in a log",
        "登录信息和离开的人不留可读痕迹；日志里没有个人号码",
        ("kit/logs.py", "kit/seeking.py", "accounts/actions/codes.py"),
        (SIGN_IN + "test_the_code_is_not_kept_readable",
         "governance/test_closing.py::test_the_sealed_columns_are_overwritten_in_the_table_itself",
         "config/test_operations.py::test_no_log_line_carries_a_number_of_a_person",
         "architecture/test_searches.py"
         "::test_no_search_of_any_desk_puts_what_was_typed_into_an_address_or_a_log"),
    ),
    Control(
        "个人信息保护 a", "only what a purpose needs is kept, and not longer",
        "只收集目的所需，不超期保存", ("governance/values/__init__.py", "accounts/actions/consents.py"),
        ("governance/test_register.py::test_no_column_that_holds_a_person_is_missing",
         "governance/test_register.py::test_every_class_ends_by_a_rule_or_by_a_job_or_with_what_it_belongs_to",
         "governance/test_consents_asked.py"
         "::test_a_health_check_is_taken_with_the_workers_separate_consent_only"),
    ),
    Control(
        "个人信息保护 b", "no look without right and reason; each look is written down",
        "无权限、无理由不得查看；每次查看都留痕", ("kit/masks.py",),
        ("governance/test_looks.py::test_each_look_is_audited_without_what_was_seen",
         "governance/test_looks.py::test_without_a_reason_nothing_is_shown_and_nothing_kept"),
    ),
    Control(
        "故障（可用性）", "a fault loses nothing acknowledged, doubles nothing, and is told as passing",
        "故障不丢已确认的，不重复，并告知是暂时的",
        ("kit/again.py", "web/public.py"),
        ("config/test_faults.py::test_a_database_or_disk_that_fails_is_told_as_passing",
         "config/test_faults.py::test_the_job_of_a_killed_worker_is_run_again_once"),
    ),
    Control("安全管理中心", "administrators' and auditors' work is authenticated and recorded",
        "管理员和审计员的操作也要登录并留痕",
            ("audit/actions/record.py",), (TRAIL + "test_an_untouched_trail_verifies",),
        facts=("audit",),
    ),
    Control("管理: 人员", "three posts, outsiders' access registered and removed",
        "三个管理岗位；外部人员的进入与撤销都登记",
            people="appointments and their ends are in the trail; outsiders get a post with an end date",
        people_told="任免都在审计记录里；外部人员的岗位有截止日期"),
    Control("管理: 定级备案, 测评", "filing of the grade, assessment every two years",
        "定级备案，每两年测评", people="the operator's records",
        people_told="由运营方存档"),
    Control("管理: 运维", "routine checks, a restore test a quarter, a drill a year",
        "日常检查、每季度恢复测试、每年演练",
            people="commands and times in operations.md; `anxin drill` prints what is filed",
        people_told="命令和周期见运维手册；anxin drill 打印存档内容",
        facts=("drill",),
    ),
)  # fmt: skip
