"""The lines considered as care, and why some do not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.model_bench import RunModel


EPISODE = """
    episode_id | member_id | history_start_date | look_back_start_date | look_back_end_date
    -----------+-----------+--------------------+----------------------+-------------------
    E1         | ada       | 2025-01-01         | 2025-02-01           | 2025-02-28
"""
CARE = """
    match_system      | code_system       | code | care_group   | modality     | counts | needs_back_diagnosis | effective_start | effective_end
    ------------------+-------------------+------+--------------+--------------+--------+----------------------+-----------------+--------------
    hcpcs             | cpt               | C1   | exercise     | exercise_pt  | yes    | no                   | 2025-01-15      | 2025-02-15
    hcpcs             | cpt               | C2   | exercise     | exercise_pt  | yes    | yes                  | 0001-01-01      | 9999-12-31
    hcpcs             | cpt               | C3   |              | passive      | no     |                      | 0001-01-01      | 9999-12-31
    hcpcs             | cpt               | C4   | acupuncture  | acupuncture  | yes    | no                   | 0001-01-01      | 9999-12-31
    revenue-code      | revenue-code      | 0420 | exercise     | exercise_pt  | yes    | no                   | 0001-01-01      | 9999-12-31
    icd-10-pcs-prefix | icd-10-pcs-prefix | F07  | exercise     | exercise_pt  | yes    | no                   | 0001-01-01      | 9999-12-31
    icd-10-pcs-prefix | icd-10-pcs-prefix | F0   | manipulation | manipulation | yes    | no                   | 0001-01-01      | 9999-12-31
"""
OTHER = """
    match_system | code_system | code | value_set | counts | effective_start | effective_end
    -------------+-------------+------+-----------+--------+-----------------+--------------
    hcpcs        | cpt         | C1   | injection | no     | 0001-01-01      | 9999-12-31
    hcpcs        | cpt         | N1   | injection | no     | 2025-01-15      | 2025-02-15
"""


def considered(
    services: str, *, back_diagnosis: str = "", needs_spine: bool = True, needles: bool = True
) -> dict[str, str]:
    """The tables of one episode of ada with the services given, and a policy on back codes and acupuncture."""
    return {
        "intermediate.open_episode": EPISODE,
        "intermediate.service": services,
        "intermediate.back_diagnosis": back_diagnosis,
        "intermediate.episode_policy": f"""
            episode_id | spine_diagnosis_required | acupuncture_counts
            -----------+--------------------------+-------------------
            E1         | {needs_spine}            | {needles}
        """,
        "value_sets.conservative_care": CARE,
        "value_sets.not_conservative": OTHER,
    }


def test_a_service_is_considered_in_the_history_window_on_the_days_its_code_is_valid(model: RunModel) -> None:
    made = model(
        "intermediate.care_line",
        considered(
            """
            member_id | claim_id | source_table  | source_key | match_system | code | service_date
            ----------+----------+---------------+------------+--------------+------+-------------
            ada       | A0       | medical_claim | 1          | hcpcs        | C3   | 2024-12-31
            ada       | A1       | medical_claim | 1          | hcpcs        | C3   | 2025-01-01
            ada       | A2       | medical_claim | 1          | hcpcs        | C3   | 2025-01-31
            ada       | A3       | medical_claim | 1          | hcpcs        | C3   | 2025-02-01
            ada       | A4       | medical_claim | 1          | hcpcs        | C3   | 2025-02-28
            ada       | A5       | medical_claim | 1          | hcpcs        | C3   | 2025-03-01
            ada       | B0       | medical_claim | 1          | hcpcs        | N1   | 2025-01-14
            ada       | B1       | medical_claim | 1          | hcpcs        | N1   | 2025-01-15
            ada       | B2       | medical_claim | 1          | hcpcs        | N1   | 2025-02-15
            ada       | B3       | medical_claim | 1          | hcpcs        | N1   | 2025-02-16
            bea       | B4       | medical_claim | 1          | hcpcs        | C3   | 2025-02-01
            ada       | B5       | medical_claim | 1          | hcpcs        | X9   | 2025-02-01
            """,
        ),
    )

    assert made.rows("claim_id", "is_in_look_back") == [
        ("A1", "false"),
        ("A2", "false"),
        ("A3", "true"),
        ("A4", "true"),
        ("B1", "false"),
        ("B2", "true"),
    ]


def test_a_line_gives_one_row_and_care_is_read_before_what_is_none(model: RunModel) -> None:
    made = model(
        "intermediate.care_line",
        considered(
            """
            member_id | claim_id | source_table    | source_key | match_system | code    | revenue_center_code | service_date
            ----------+----------+-----------------+------------+--------------+---------+---------------------+-------------
            ada       | A1       | medical_claim   | 1          | hcpcs        | C1      |                     | 2025-01-15
            ada       | A2       | medical_claim   | 1          | hcpcs        | C1      |                     | 2025-02-15
            ada       | A3       | medical_claim   | 1          | hcpcs        | C1      |                     | 2025-02-16
            ada       | A4       | medical_claim   | 1          | hcpcs        | C1      |                     | 2025-01-14
            ada       | A5       | medical_claim   | 1          | hcpcs        |         | 0420                | 2025-02-10
            ada       | A6       | medical_claim   | 1          | hcpcs        | X9      | 0420                | 2025-02-10
            ada       | A7       | claim_procedure | 1          | icd-10-pcs   | F0710ZZ |                     | 2025-02-10
            """,
        ),
    )

    assert made.rows(
        "claim_id", "code_system", "code", "care_group", "is_not_conservative", "counts", "counts_reason"
    ) == [
        ("A1", "cpt", "C1", "exercise", "false", "yes", None),
        ("A2", "cpt", "C1", "exercise", "false", "yes", None),
        ("A3", "cpt", "C1", None, "true", "no", "not_conservative_care"),
        ("A4", "cpt", "C1", None, "true", "no", "not_conservative_care"),
        ("A5", "revenue-code", "0420", "exercise", "false", "yes", None),
        ("A7", "icd-10-pcs-prefix", "F0710ZZ", "exercise", "false", "yes", None),
    ]


def test_a_code_that_needs_one_counts_only_with_a_back_code_on_its_claim_where_the_policy_asks(model: RunModel) -> None:
    services = """
        member_id | claim_id | source_table  | source_key | match_system | code | service_date
        ----------+----------+---------------+------------+--------------+------+-------------
        ada       | A1       | medical_claim | 1          | hcpcs        | C2   | 2025-02-10
        ada       | A2       | medical_claim | 1          | hcpcs        | C2   | 2025-02-10
        ada       | A3       | medical_claim | 1          | hcpcs        | C2   | 2025-02-10
    """
    back = """
        member_id | claim_id | is_pain_label
        ----------+----------+--------------
        ada       | A1       | false
        ada       | A1       | false
        ada       | A2       | true
        bea       | A3       | false
    """

    asked = model("intermediate.care_line", considered(services, back_diagnosis=back))
    not_asked = model("intermediate.care_line", considered(services, back_diagnosis=back, needs_spine=False))

    assert asked.rows("claim_id", "counts", "counts_reason") == [
        ("A1", "yes", None),
        ("A2", "no", "no_back_diagnosis_on_claim"),
        ("A3", "no", "no_back_diagnosis_on_claim"),
    ]
    assert not_asked.column("counts") == ["yes", "yes", "yes"]


def test_the_value_set_and_the_policy_say_which_codes_and_groups_count(model: RunModel) -> None:
    services = """
        member_id | claim_id | source_table  | source_key | match_system | code | service_date
        ----------+----------+---------------+------------+--------------+------+-------------
        ada       | A1       | medical_claim | 1          | hcpcs        | C3   | 2025-02-10
        ada       | A1       | medical_claim | 2          | hcpcs        | C4   | 2025-02-10
        ada       | A1       | medical_claim | 3          | hcpcs        | C1   | 2025-02-10
    """

    made = model("intermediate.care_line", considered(services, needles=False))
    with_needles = model("intermediate.care_line", considered(services, needles=True))

    assert made.rows("source_key", "counts", "counts_reason") == [
        ("1", "no", "code_does_not_count"),
        ("2", "no", "group_does_not_count_in_policy"),
        ("3", "yes", None),
    ]
    assert with_needles.rows("source_key", "counts") == [("1", "no"), ("2", "yes"), ("3", "yes")]
