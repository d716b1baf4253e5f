"""The shape of the benchmark's extracts: blocks of 100 claim lines, 4 members and 65 claims, repeated without end.

Everything about a row follows from its block and its place in it, so a table of any length is one streaming pass over
`range()` joined with these small tables, and parts of it can be made alone.
"""

from __future__ import annotations

from typing import NamedTuple

LINES_PER_CLAIM = (
    (1, 2, 1, 3, 1, 2, 1, 1, 1),
    (1, 2, 1, 3, 1, 2, 1, 1, 2, 3, 1, 2, 1, 1),
    (2, 1, 1, 3, 1, 2, 1, 1, 2, 3, 1, 2, 1, 1, 2, 3, 1),
    (1, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 1, 2, 1, 3, 1, 2, 3),
)
"""For each of the four members of a block, the lines of each of its claims: 13, 22, 28 and 37 lines."""

DIAGNOSES_PER_CLAIM = (1, 2, 1, 2, 2)
"""Diagnoses of the claims of a block, in turn: 1.6 a claim."""

FILLS_PER_BLOCK = 40
SPANS_OF_MEMBER = (1, 2, 1, 2)
STORY_MEMBER = 3
"""The place of the member in a block that can have an implant story: the one with the most claims."""
FACILITY_CLAIMS = (1, 3)
"""The claims of the story member that the hospital bills."""
STORY_CARE_CLAIMS = range(4, 17)
"""The claims of the story member that hold its conservative care, one line each."""


class LinePlace(NamedTuple):
    """One of the 100 lines of a block."""

    place: int
    member_place: int
    claim_place: int
    claim_of_member: int
    line_number: int
    diagnosis_count: int


class DiagnosisPlace(NamedTuple):
    """One of the diagnoses of a block."""

    place: int
    member_place: int
    claim_place: int
    claim_of_member: int
    rank: int


CLAIMS = [
    (member, claim_of_member, count)
    for member, counts in enumerate(LINES_PER_CLAIM)
    for claim_of_member, count in enumerate(counts)
]


def diagnosis_count(claim_place: int) -> int:
    """The number of diagnoses of a claim of a block."""
    return DIAGNOSES_PER_CLAIM[claim_place % len(DIAGNOSES_PER_CLAIM)]


LINES = [
    LinePlace(place, *line)
    for place, line in enumerate(
        (member, claim, claim_of_member, number, diagnosis_count(claim))
        for claim, (member, claim_of_member, count) in enumerate(CLAIMS)
        for number in range(1, count + 1)
    )
]
DIAGNOSES = [
    DiagnosisPlace(place, *diagnosis)
    for place, diagnosis in enumerate(
        (member, claim, claim_of_member, rank)
        for claim, (member, claim_of_member, _) in enumerate(CLAIMS)
        for rank in range(1, diagnosis_count(claim) + 1)
    )
]
SPANS = [(member, number, count) for member, count in enumerate(SPANS_OF_MEMBER) for number in range(count)]

LINES_PER_BLOCK = len(LINES)
CLAIMS_PER_BLOCK = len(CLAIMS)
DIAGNOSES_PER_BLOCK = len(DIAGNOSES)
MEMBERS_PER_BLOCK = len(LINES_PER_CLAIM)
SPANS_PER_BLOCK = len(SPANS)
BLOCKS_PER_STORY, STORY_BLOCK = 250, 117
"""Of every 250 blocks one, the 118th, has a story: 1 member in 1,000."""


class Story(NamedTuple):
    """One kind of implant story: what is billed, and what stands around it."""

    kind: int
    name: str
    care: str
    modifier: str
    diagnosis: str
    second_diagnosis: str
    has_trial: bool = True
    has_permanent: bool = True


STORIES = (
    Story(0, "no care", "visits", "", "M5450", "I10"),
    Story(1, "care, failure not documented", "exercise", "", "M5450", "I10"),
    Story(2, "care too short", "few", "", "M5450", "M4726", has_permanent=False),
    Story(3, "failure documented", "exercise", "", "M5459", "I10"),
    Story(4, "authorized", "visits", "", "M5450", "I10"),
    Story(5, "red flag", "visits", "", "M5450", "G834", has_permanent=False),
    Story(6, "supported indication", "few", "", "M5450", "G90521"),
    Story(7, "not low back pain", "exercise", "", "M961", "I10"),
    Story(8, "broken off", "few", "53", "M5450", "I10", has_permanent=False),
    Story(9, "implant without trial", "exercise", "", "M549", "M5416", has_trial=False),
)
"""The kinds of stories in turn; a story's day, place and dollars vary with its member."""


class StoryLine(NamedTuple):
    """One line that stands in the place of an ordinary one in a story member's history."""

    kind: int
    claim_of_member: int
    line_number: int
    hcpcs: str
    revenue: str
    modifier: str
    days_from_anchor: int
    paid: int
    is_facility: bool
    first_diagnosis: str
    second_diagnosis: str | None


def story_lines() -> list[StoryLine]:
    """Every line of every kind of story, by its days from the anchor (the trial, or the implant where none is)."""
    return [line for story in STORIES for line in (*surgery_lines(story), *care_lines(story))]


def surgery_lines(story: Story) -> list[StoryLine]:
    """The lines of the surgeon's and the hospital's claims of one kind of story."""
    implant = 35 if story.has_trial else 0
    trial_lines = [
        (0, 1, "63650", "", story.modifier, 0, 850),
        (1, 1, "63650", "0360", story.modifier, 0, 9200),
        (1, 2, "C1897", "0278", "", 0, 0),
    ]
    implant_lines = [
        (2, 1, "63650", "", "", implant, 850),
        (2, 2, "63685", "", "", implant, 640),
        (2, 3, "95972", "", "", implant, 118),
        (3, 1, "63685", "0360", "", implant, 28500),
        (3, 2, "C1820", "0278", "", implant, 0),
        (3, 3, "C1778", "0278", "", implant, 0),
    ]
    lines = (trial_lines if story.has_trial else []) + (implant_lines if story.has_permanent else [])
    return [
        StoryLine(
            story.kind,
            *line,
            is_facility=line[0] in FACILITY_CLAIMS,
            first_diagnosis=story.diagnosis,
            second_diagnosis=story.second_diagnosis,
        )
        for line in lines
    ]


def care_lines(story: Story) -> list[StoryLine]:
    """The weekly lines before the anchor of one kind of story: exercise, now and then exercise, or visits only."""
    return [
        StoryLine(
            story.kind,
            claim,
            1,
            "97110" if story.care == "exercise" or (story.care == "few" and number % 5 == 0) else "99213",
            "",
            "",
            7 * number - 230,
            61,
            is_facility=False,
            first_diagnosis="M5450",
            second_diagnosis=None,
        )
        for number, claim in enumerate(STORY_CARE_CLAIMS)
    ]
