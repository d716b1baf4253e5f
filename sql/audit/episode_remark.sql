-- One row per episode, remark and delivered row that touches it: a row that was mended, is doubtful or was set aside.
--
-- remark_kind: repaired (read as what it means), doubtful, set_aside. Where it is about more than one row, or about
-- what did not come, the row is the first of them or blank. is_new: the newest delivery brought the row or an index
-- line of the episode, so that a doubtful or set-aside row makes this night one with caveats; later ones tell it still.

with

newest_delivery as (
    select max(delivered_file.delivery_number) as delivery_number
    from landed.delivered_file
    where delivered_file.fate = 'landed'
),

remarked as (
    select
        *,
        cast(null as varchar) as description
    from intermediate.value_remark
    union all by name
    select * from intermediate.check_remark
    union all by name
    select
        *,
        cast(null as varchar) as description
    from intermediate.claim_remark
    union all by name
    select
        *,
        cast(null as varchar) as description
    from intermediate.member_remark
),

known as (
    select
        remarked.*,
        coalesce(word.kind, 'doubtful_remark') as word_kind,
        coalesce(word.sentence, 'A check of the delivery asks: ' || remarked.description || ' This row fails it.')
            as remark_text
    from remarked
    left join vocabulary.word
        on
            remarked.remark = word.word
            and word.kind in ('repaired_remark', 'doubtful_remark')
    union all by name
    select
        set_aside_remark.*,
        word.kind as word_kind,
        word.sentence as remark_text
    from intermediate.set_aside_remark
    inner join vocabulary.word
        on
            set_aside_remark.remark = word.word
            and word.kind = 'set_aside_remark'
),

index_delivery as (
    select
        episode_index_line.episode_id,
        max(episode_index_line.delivery_number) as delivery_number
    from intermediate.episode_index_line
    group by episode_index_line.episode_id
),

source_file as (
    select
        delivered_file.delivery_number,
        delivered_file.file_number,
        min(delivered_file.file_name) as file_name
    from landed.delivered_file
    group by delivered_file.delivery_number, delivered_file.file_number
),

final as (
    select
        known.episode_id,
        replace(known.word_kind, '_remark', '') as remark_kind,
        known.remark,
        known.remark_text,
        known.source_table,
        known.column_names,
        known.claim_id,
        known.claim_line_number,
        known.delivery_number,
        source_file.file_name as source_file,
        known.source_row,
        greatest(coalesce(known.delivery_number, 0), index_delivery.delivery_number)
        = newest_delivery.delivery_number as is_new
    from known
    inner join index_delivery
        on known.episode_id = index_delivery.episode_id
    cross join newest_delivery
    left join source_file
        on
            known.delivery_number = source_file.delivery_number
            and known.file_number = source_file.file_number
    order by
        known.episode_id,
        known.word_kind,
        known.remark,
        known.source_table,
        known.delivery_number,
        known.file_number,
        known.source_row,
        known.claim_id
)

select * from final
