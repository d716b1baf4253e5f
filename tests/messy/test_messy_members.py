"""The messy members themselves: the same for a seed, ids of their own, and every story told often enough."""

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.messy.builder import PIECES
from tests.messy.codes import Codes
from tests.messy.members import ALL_FEEDS, COLUMNS, messy_members, stories, write_extracts
from tests.messy.text import Row
from tests.support.places import ROOT

VALUE_SETS = Path(os.environ.get("MESSY_VALUE_SETS", ROOT / "sql" / "value_sets"))
SEED = 20260630
MEMBERS = 2000
PIECE_AT_LEAST = 8
EDGE_AT_LEAST = 3

# Parameter edges of rule.md: each value must be told in several members.
EDGES: dict[str, tuple[int, ...]] = {
    "same_surgery_days": (0, 2, 3, 4, 5),
    "companion_days": (0, 3, 4),
    "trial_link_days": (1, 3, 4, 119, 120, 121),
    "second_trial_days": (119, 120, 121),
    "clean_period_days": (1, 729, 730, 731),
    "device_history_enrolled_days": (684, 685, 686),
    "max_gap_days": (44, 45, 46),
    "drugs_gap_days": (44, 45, 46),
    "exercise_min_dates": (5, 6, 11, 12),
    "exercise_min_span_days": (41, 42, 43),
    "exercise_max_gap_days": (27, 28, 29),
    "manipulation_window_days": (83, 84, 85),
    "acupuncture_window_days": (83, 84, 85),
    "psychological_min_sessions": (3, 4),
    "psychological_min_span_days": (27, 28, 29),
    "interdisciplinary_min_hours": (19, 20, 21),
    "medication_min_days": (27, 28, 29),
    "fill_offset": (0, 1, 27, 28, 364, 365, 366),
    "fill_span_days": (181, 182, 183),
    "lookback_days": (364, 365, 366),
    "last_care_offset": (0, 1),
    "min_total_span_days": (181, 182, 183),
    "statement_max_age_days": (-1, 0, 729, 730, 731),
    "statement_end_age_days": (729, 730, 731),
    "statement_start_offset": (364, 365, 366),
    "history_days": (364, 365, 366, 729, 730, 731),
    "red_flag_days": (89, 90, 91),
    "symptom_days": (29, 30, 31),
    "chronic_days": (89, 90, 91, 729, 730, 731),
    "miscoded_days": (0, 1, 729, 730, 731),
    "followup_days": (0, 1, 729, 730, 731),
    "psych_evaluation_offset": (-1, 0, 1, 364, 365, 366),
    "chain_links": (2, 3, 4, 5),
    "ended_span_days": (319, 320, 321),
    "days_supply": (998, 999),
    "returned_days": (-998, -999),
}

# Variants that pieces choose among and that would be missed if they fell away.
VARIANTS = (
    *("setting_professional", "setting_outpatient", "setting_inpatient", "diagnoses_wide", "diagnoses_both"),
    *("pointer_colon", "pointer_comma", "pointer_letters", "pointer_unknown_rank", "pointer_blank"),
    *("pointer_12_of_twelve", "pointer_1:2_of_twelve", "pointer_al_of_twelve"),
    *("M54.5_after_change", "M54.50_before_change", "stay_over_code_switch", "procedure_without_date"),
    *("aborted_all_lines", "aborted_some_lines", "aborted_with_procedure_row", "aborted_then_redone"),
    *("version_paid_missing", "version_both_missing", "version_paid_same_day", "version_leading_zeros"),
    *("replacement_denied", "replacement_pending", "replacement_reversed", "replacement_negative"),
    *("chain_link_denied", "chain_link_pending", "chain_void_of_earlier", "ring_of_three", "chain_hanging_on_ring"),
    *("two_replacements_same_paid_date", "two_replacements_one_missing", "two_replacements_one_denied"),
    *("negative_sum_zero_with_negative", "negative_sum_above_zero", "negative_sum_all_zero"),
    *("ndc_11", "ndc_5-4-2", "ndc_4-4-2", "ndc_5-3-2", "ndc_5-4-1", "ndc_10 digits"),
    *("drug_by_name_combination", "drug_by_name_not_oral", "drug_by_name_oral_capsule", "drug_by_first_code"),
    *("fill_same_day_zero", "fill_other_day", "fill_denied_negative", "fill_reversed_negative", "fill_all_gone"),
    *("statement_lacks_author_role", "statement_lacks_end_and_visits", "statement_lacks_start_date"),
    *("outcome_no_benefit", "outcome_contraindicated", "outcome_refused", "outcome_cost", "outcome_non_adherent"),
    *("authorization_approved", "authorization_denied", "authorization_from=1", "authorization_to=-1"),
    *("trial_markers_diagnosis_modifier_or_condition_number", "trial_condition_code", "trial_modifier"),
    *("symptom_with_back", "symptom_without_back", "red_flag_on_episode", "revenue_with_hcpcs"),
    *("units_blank", "units_0", "interdisciplinary_day_over_cap", "blank_paid_amount"),
    *("bill_type_seven", "bill_type_eight", "bill_type_with_frequency", "bill_type_professional"),
    *("bill_type_other_digit", "total_sum", "total_with_hcpcs", "total_professional", "total_other_revenue"),
    *("total_negative", "total_pending", "total_alone", "credit_exact", "credit_cent_off", "credit_other_day"),
    *("credit_other_code", "credit_other_revenue", "credit_by_units", "credit_units_differ", "credit_two_credits"),
    *("credit_two_lines", "credit_positive_amount", "credit_denied_line", "credit_whole_claim", "interim_same"),
    *("interim_frequency_code", "interim_amount", "interim_units", "interim_more_in_one", "interim_professional"),
    *("interim_other_digit", "interim_three", "procedure_columns_alone", "procedure_columns_both"),
    *("procedure_columns_both_differ", "procedure_columns_row_is_later", "procedure_columns_one_line"),
    *("diagnosis_names_own", "diagnosis_names_other", "diagnosis_names_own_later", "diagnosis_names_other_procedure"),
    *("taken_back_equal_days", "taken_back_first_delivered", "taken_back_equal_days_of_two"),
    *("taken_back_other_line", "taken_back_other_claim", "taken_back_comes_first", "taken_back_twice"),
    *("taken_back_pending_fill", "taken_back_blank_lines", "taken_back_no_fill_left"),
    *("negative_quantity_blank_status", "negative_quantity_reversed", "negative_quantity_denied"),
    *("negative_quantity_negative_days", "negative_quantity_zero", "ndc_asterisks", "ndc_inner blanks", "ndc_N4"),
    *("span_again_ended", "span_again_cancelled", "span_again_reopened", "span_again_other_plan"),
    *("span_again_other_payer", "span_again_other_start", "span_again_open_start", "span_again_benefit_later"),
    *("span_again_benefit_and_end", "span_again_two_covers", "filler_end_filler", "filler_start_filler"),
    *("filler_start_far", "filler_end_past", "filler_start_past"),
    *("authorization_again_approved_then_pended", "authorization_again_pended_then_approved"),
    *("authorization_again_withdrawn_whole", "authorization_again_denied_whole", "authorization_again_pended_whole"),
    *("authorization_again_withdrawn_of_a_code", "authorization_again_withdrawn_then_approved"),
    *("authorization_again_withdrawn_whole_then_pended", "authorization_again_filler_code"),
    *("authorization_again_other_number", "previous_identifier_plain", "previous_identifier_chain"),
    *("previous_identifier_twice", "unread_birth_date", "unread_amount_of_a_fill", "unread_charge"),
    *("filler_header_dates", "odd_null_word", "odd_filler_day", "odd_filler_code", "odd_unseen_characters"),
    *("odd_point_zero", "odd_midnight", "odd_amount_signs", "odd_composite_code", "odd_boolean_word"),
    *("odd_unseen_inside", "odd_modifier_run", "odd_composite_modifier"),
)

UNIQUE_IDS = {
    "pharmacy_claim": "claim_id",
    "prior_authorization": "authorization_id",
    "care_documentation": "document_id",
}


def _owner(row: Row) -> str:
    """Whose row it is: the identifier without the marks of a previous one and without unseen characters."""
    return re.sub("[^A-Z0-9-]|OLD-|MID-", "", row.get("member_id") or "")


def _owners(rows: list[Row], column: str) -> dict[str, set[str]]:
    owners: dict[str, set[str]] = {}
    for row in rows:
        value = re.sub(r"^\W+|\W+$", "", row.get(column) or "")
        if value and re.match("M[0-9S]", _owner(row)):
            owners.setdefault(value, set()).add(_owner(row))
    return owners


@cache
def extracts_and_stories() -> tuple[dict[str, list[Row]], dict[str, Counter[str]]]:
    """The rows of many members and what each tells; made in the first test that asks, for tests alone go uncounted."""
    told: dict[str, Counter[str]] = {}
    return messy_members(SEED, MEMBERS, value_sets=VALUE_SETS, told=told), told


@cache
def members_telling() -> Counter[str]:
    return Counter(name for seen in extracts_and_stories()[1].values() for name in seen)


def test_a_seed_always_gives_the_same_rows() -> None:
    assert messy_members(7, 40, value_sets=VALUE_SETS) == messy_members(7, 40, value_sets=VALUE_SETS)
    assert messy_members(7, 40, value_sets=VALUE_SETS) != messy_members(8, 40, value_sets=VALUE_SETS)


def test_a_member_does_not_depend_on_how_many_there_are() -> None:
    few = stories(7, 5, value_sets=VALUE_SETS)
    many = stories(7, 50, value_sets=VALUE_SETS)
    assert few == {member: seen for member, seen in many.items() if member in few}
    alone = messy_members(7, 50, value_sets=VALUE_SETS, only=frozenset({3}))
    together = messy_members(7, 50, value_sets=VALUE_SETS)
    without_row = [{**row, "_row": None} for row in alone["medical_claim"] if row["member_id"] == "M7-3"]
    assert without_row == [{**row, "_row": None} for row in together["medical_claim"] if row["member_id"] == "M7-3"]


def test_ids_belong_to_one_member() -> None:
    extracts = messy_members(SEED, 400, value_sets=VALUE_SETS)
    assert len({_owner(row) for row in extracts["medical_claim"] if _owner(row).startswith("M")}) == 400
    assert all(len(owners) == 1 for owners in _owners(extracts["medical_claim"], "claim_id").values())
    for table, column in UNIQUE_IDS.items():
        assert all(len(owners) == 1 for owners in _owners(extracts[table], column).values()), table


def test_shared_claim_ids_come_only_when_asked_for() -> None:
    extracts = messy_members(SEED, 400, value_sets=VALUE_SETS, shared_claim_ids=True)
    shared = [owners for owners in _owners(extracts["medical_claim"], "claim_id").values() if len(owners) > 1]
    assert len(shared) >= 3


def test_feeds_not_supplied_are_absent() -> None:
    extracts = messy_members(3, 20, value_sets=VALUE_SETS, feeds=frozenset({"eligibility"}))
    assert set(extracts) == {"medical_claim", "eligibility"}
    assert any(row.get("diagnosis_code_1") for row in extracts["medical_claim"])
    assert set(messy_members(3, 20, value_sets=VALUE_SETS)) == set(COLUMNS) == {"medical_claim", *ALL_FEEDS}


def test_rows_stand_in_delivered_order() -> None:
    for deliveries in (1, 2):
        extracts = messy_members(3, 200, value_sets=VALUE_SETS, deliveries=deliveries)
        for rows in extracts.values():
            places = [
                (row.get("_delivery") or "", (row["_file"] or "").encode(), int(row["_row"] or 0)) for row in rows
            ]
            assert places == sorted(places)
        assert len({row["_file"] for row in extracts["medical_claim"]}) > 1
        assert len({row.get("_delivery") for row in extracts["medical_claim"]}) == deliveries


def test_only_contract_columns_and_wide_diagnoses() -> None:
    for table, rows in messy_members(5, 200, value_sets=VALUE_SETS).items():
        extra = {column for row in rows for column in row if not column.startswith("_")} - set(COLUMNS[table])
        wide = ("diagnosis_code_", "procedure_code_", "procedure_date_")
        assert all(table == "medical_claim" and column.startswith(wide) for column in extra), extra


def test_written_files_hold_all_rows(tmp_path: Path) -> None:
    extracts = messy_members(5, 50, value_sets=VALUE_SETS, deliveries=2)
    write_extracts(extracts, tmp_path)
    written = sum(len(path.read_text(encoding="utf-8").splitlines()) - 1 for path in tmp_path.rglob("*.csv"))
    assert written == sum(len(rows) for rows in extracts.values())
    write_extracts({"eligibility": []}, tmp_path / "empty")
    header = (tmp_path / "empty" / "eligibility.csv").read_text(encoding="utf-8")
    assert header.startswith("member_id,enrollment_start_date,")


def test_few_rows_are_bad() -> None:
    """Above 1 % of a table (and 20 rows) the run would stop."""
    extracts, told = extracts_and_stories()
    for table, rows in extracts.items():
        bad = sum(times for seen in told.values() for name, times in seen.items() if name.startswith(f"bad_{table}."))
        assert bad <= max(20, len(rows) // 100), table


@pytest.mark.parametrize("name", sorted(PIECES))
def test_every_piece_is_told_often(name: str) -> None:
    assert members_telling()[name] >= PIECE_AT_LEAST


@pytest.mark.parametrize("name", sorted(EDGES))
def test_every_edge_is_told_inside_and_outside(name: str) -> None:
    counts = {value: members_telling()[f"{name}={value}"] for value in EDGES[name]}
    assert min(counts.values()) >= EDGE_AT_LEAST, counts


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_is_told(name: str) -> None:
    assert members_telling()[name] >= EDGE_AT_LEAST


def test_every_kind_of_neighbour_is_drawn() -> None:
    near = Codes(VALUE_SETS).rows("diagnoses_low_back_pain", value_set="lbp_near_neighbour")
    for kind in {row.fields["specificity"] for row in near} - {"pain_label"}:
        assert members_telling()[f"neighbour_{kind}"] >= EDGE_AT_LEAST, kind


def test_shared_numbers_come_with_and_without_their_members() -> None:
    told: dict[str, Counter[str]] = {}
    messy_members(SEED, 600, value_sets=VALUE_SETS, shared_claim_ids=True, told=told)
    for how in ("own", "unowned", "some_own", "own_later", "unowned_later"):
        assert sum(f"shared_{how}" in seen for seen in told.values()) >= EDGE_AT_LEAST, how


def test_every_role_of_an_index_procedure_is_drawn() -> None:
    codes = Codes(VALUE_SETS)
    extracts, _ = extracts_and_stories()
    billed = {(row.get("hcpcs_code") or "").strip().upper() for row in extracts["medical_claim"]}
    billed |= {(row.get("procedure_code") or "").strip().upper() for row in extracts["claim_procedure"]}
    for role in {row.fields["role"] for row in codes.rows("index_procedures")}:
        assert any(row.code in billed for row in codes.rows("index_procedures", role=role)), role
