-- One row per episode, delivered row that bears on it and rule by which a value of the row was mended or is doubtful.
--
-- What was mended is told of rows that the verdict reads; what is doubtful also of other lines of the look-back, for
-- they may be care that could not be read.
--
-- See docs/contract.md 1.3, 2.1.

with

warned as (
    select
        case_row.* exclude (row_warnings),
        unnest(string_split(case_row.row_warnings, ';')) as warning
    from intermediate.case_row
    where case_row.row_warnings is not null
),

final as (
    select
        warned.episode_id,
        split_part(warned.warning, ':', 2) as remark,
        warned.source_table,
        list(distinct split_part(warned.warning, ':', 1) order by split_part(warned.warning, ':', 1)) as column_names,
        warned.claim_id,
        warned.claim_line_number,
        warned.delivery_number,
        warned.file_number,
        warned.source_row
    from warned
    inner join vocabulary.word
        on
            split_part(warned.warning, ':', 2) = word.word
            and word.kind in ('repaired_remark', 'doubtful_remark')
    where
        warned.is_evidence
        or word.kind = 'doubtful_remark'
    group by
        warned.episode_id,
        split_part(warned.warning, ':', 2),
        warned.source_table,
        warned.claim_id,
        warned.claim_line_number,
        warned.delivery_number,
        warned.file_number,
        warned.source_row
)

select * from final
