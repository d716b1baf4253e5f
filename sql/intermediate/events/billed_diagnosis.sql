-- One row per line or procedure row that may open an event and diagnosis it is billed for.
--
-- Professional line: the diagnoses its diagnosis_pointer names (numbers parted by ':' or ',', or letters A to L, which
-- may stand together; unknown ranks are passed over), without pain labels. Institutional claim: the diagnosis of the
-- lowest rank that is no pain label. Where this leaves none: all diagnoses that are no pain labels, else the labels.
--
-- See docs/rule.md 4.1.

with

opening_service as (
    select *
    from intermediate.device_service
    where device_service.opens_event in ('yes', 'with_low_back_pain_diagnosis')
),

labelled_diagnosis as (
    select
        claim_diagnosis.member_id,
        claim_diagnosis.claim_id,
        claim_diagnosis.diagnosis_rank,
        claim_diagnosis.diagnosis_code,
        claim_diagnosis.code_system,
        coalesce(back_diagnosis.is_pain_label, false) as is_pain_label
    from intermediate.claim_diagnosis
    left join intermediate.back_diagnosis
        on
            claim_diagnosis.member_id = back_diagnosis.member_id
            and claim_diagnosis.claim_id = back_diagnosis.claim_id
            and claim_diagnosis.diagnosis_rank = back_diagnosis.diagnosis_rank
),

claim_rank as (
    select
        labelled_diagnosis.member_id,
        labelled_diagnosis.claim_id,
        min(labelled_diagnosis.diagnosis_rank) filter (where not labelled_diagnosis.is_pain_label) as leading_rank
    from labelled_diagnosis
    group by labelled_diagnosis.member_id, labelled_diagnosis.claim_id
),

pointer_token as (
    select
        opening_service.member_id,
        opening_service.claim_id,
        opening_service.source_table,
        opening_service.source_key,
        unnest(string_split(replace(upper(opening_service.diagnosis_pointer), ',', ':'), ':')) as token
    from opening_service
    where
        opening_service.claim_type = 'professional'
        and opening_service.diagnosis_pointer is not null
),

trimmed_token as (
    select
        pointer_token.member_id,
        pointer_token.claim_id,
        pointer_token.source_table,
        pointer_token.source_key,
        replace(trim(pointer_token.token), ' ', '') as token
    from pointer_token
),

pointed_rank as (
    select
        trimmed_token.member_id,
        trimmed_token.claim_id,
        trimmed_token.source_table,
        trimmed_token.source_key,
        try_cast(trimmed_token.token as integer) as diagnosis_rank
    from trimmed_token
    where regexp_full_match(trimmed_token.token, '[0-9]+')
    union
    select
        letter.member_id,
        letter.claim_id,
        letter.source_table,
        letter.source_key,
        ascii(letter.letter) - ascii('A') + 1 as diagnosis_rank
    from (
        select
            trimmed_token.member_id,
            trimmed_token.claim_id,
            trimmed_token.source_table,
            trimmed_token.source_key,
            unnest(string_split(trimmed_token.token, '')) as letter
        from trimmed_token
        where regexp_full_match(trimmed_token.token, '[A-L]+')
    ) as letter
),

named_diagnosis as (
    select
        pointed_rank.member_id,
        pointed_rank.claim_id,
        pointed_rank.source_table,
        pointed_rank.source_key,
        labelled_diagnosis.diagnosis_rank
    from pointed_rank
    inner join labelled_diagnosis
        on
            pointed_rank.member_id = labelled_diagnosis.member_id
            and pointed_rank.claim_id = labelled_diagnosis.claim_id
            and pointed_rank.diagnosis_rank = labelled_diagnosis.diagnosis_rank
    where not labelled_diagnosis.is_pain_label
    union
    select
        opening_service.member_id,
        opening_service.claim_id,
        opening_service.source_table,
        opening_service.source_key,
        claim_rank.leading_rank as diagnosis_rank
    from opening_service
    inner join claim_rank
        on
            opening_service.member_id = claim_rank.member_id
            and opening_service.claim_id = claim_rank.claim_id
    where
        opening_service.claim_type = 'institutional'
        and claim_rank.leading_rank is not null
),

naming_service as (
    select
        named_diagnosis.member_id,
        named_diagnosis.claim_id,
        named_diagnosis.source_table,
        named_diagnosis.source_key,
        count(*) as named_count
    from named_diagnosis
    group by
        named_diagnosis.member_id,
        named_diagnosis.claim_id,
        named_diagnosis.source_table,
        named_diagnosis.source_key
),

final as (
    select
        opening_service.member_id,
        opening_service.claim_id,
        opening_service.source_table,
        opening_service.source_key,
        labelled_diagnosis.diagnosis_rank,
        labelled_diagnosis.diagnosis_code,
        labelled_diagnosis.code_system
    from opening_service
    inner join labelled_diagnosis
        on
            opening_service.member_id = labelled_diagnosis.member_id
            and opening_service.claim_id = labelled_diagnosis.claim_id
    inner join claim_rank
        on
            opening_service.member_id = claim_rank.member_id
            and opening_service.claim_id = claim_rank.claim_id
    left join naming_service
        on
            opening_service.member_id = naming_service.member_id
            and opening_service.claim_id = naming_service.claim_id
            and opening_service.source_table = naming_service.source_table
            and opening_service.source_key = naming_service.source_key
    left join named_diagnosis
        on
            opening_service.member_id = named_diagnosis.member_id
            and opening_service.claim_id = named_diagnosis.claim_id
            and opening_service.source_table = named_diagnosis.source_table
            and opening_service.source_key = named_diagnosis.source_key
            and labelled_diagnosis.diagnosis_rank = named_diagnosis.diagnosis_rank
    where
        case
            when naming_service.named_count is not null then named_diagnosis.diagnosis_rank is not null
            when claim_rank.leading_rank is not null then not labelled_diagnosis.is_pain_label
            else true
        end
)

select * from final
