"""The statements, all in one place; the tables are told of in `migrations`."""

INSERT_BATCH = """
insert into plivo_batches (batch, account, confirm, wait_for) values (%s, %s, %s, %s) returning number
"""

COPY_ITEMS = "copy plivo_items (batch, position, name, uuid) from stdin"

MARK_TWINS = """
update plivo_items as item set letter = '=', twin_of = same.first
  from (select position, min(position) over (partition by name, uuid) as first from plivo_items where batch = %(batch)s)
       as same
 where item.batch = %(batch)s and item.position = same.position and same.first < same.position
"""

INSERT_SHARDS = """
insert into plivo_shards (batch, first, size)
select %(batch)s, first, least(%(size)s, %(total)s - first) from generate_series(0, %(total)s - 1, %(size)s) as first
"""

SET_JOBS = """
update plivo_shards as shard set job_id = job.id
  from unnest(%(firsts)s::integer[], %(ids)s::bigint[]) as job (first, id)
 where shard.batch = %(batch)s and shard.first = job.first
"""

TAKE = """
update plivo_shards as shard set owner = owner + 1, begun_at = coalesce(begun_at, now())
  from plivo_batches as batch
 where batch.number = shard.batch and batch.batch = %s and shard.first = %s
   and shard.ended_at is null and batch.cancelled_at is null
returning shard.batch, shard.size, shard.owner, batch.account, batch.confirm, batch.wait_for
"""

ITEMS = """
select position, name, uuid, twin_of, letter, intent_at from plivo_items
 where batch = %s and position >= %s and position < %s order by position
"""

SAVE = """
with mine as (
    select batch from plivo_shards where batch = %(batch)s and first = %(first)s and owner = %(owner)s for update
), intended as (
    update plivo_items set letter = '?', intent_at = %(at)s from mine
     where plivo_items.batch = mine.batch and position = any(%(intended)s::integer[]) and letter = '-'
), withdrawn as (
    update plivo_items set letter = '-', intent_at = null from mine
     where plivo_items.batch = mine.batch and position = any(%(withdrawn)s::integer[]) and letter = '?'
), settled as (
    update plivo_items set letter = new.letter::"char", settled_at = now(), detail = new.detail
      from mine, unnest(%(positions)s::integer[], %(letters)s::text[], %(details)s::text[]) as new (at, letter, detail)
     where plivo_items.batch = mine.batch and position = new.at
)
select count(*) from mine
"""

CORRECT = """
update plivo_items set intent_at = %(since)s
 where batch = %(batch)s and position >= %(first)s and position < %(end)s and letter = '?' and intent_at > %(since)s
"""

END = """
update plivo_shards set ended_at = now() where batch = %s and first = %s and owner = %s
"""

ONE_AT_A_TIME = "select pg_try_advisory_xact_lock(hashtext('plivo_async.engines.procrastinate'))"

SHARD_OF_JOB = """
select batch.batch, batch.account, shard.first, shard.ended_at is null and batch.cancelled_at is null
  from plivo_shards as shard join plivo_batches as batch on batch.number = shard.batch where shard.job_id = %s
"""

REPLACE_JOB = "update plivo_shards set job_id = %(new)s where job_id = %(old)s"

CANCEL = """
update plivo_batches
   set cancelled_at = case when exists (select from plivo_shards where batch = number and ended_at is null)
                           then coalesce(cancelled_at, now()) else cancelled_at end
 where batch = %s returning number
"""

JOBS = """
select shard.job_id from plivo_shards as shard join procrastinate_jobs as job on job.id = shard.job_id
 where shard.batch = %s and job.status in ('todo', 'doing')
"""

BATCH = """
select number, account, cancelled_at is not null,
       extract(epoch from (select coalesce(max(coalesce(ended_at, now())) - min(begun_at), interval '0')
                             from plivo_shards where batch = number and begun_at is not null))::float8
  from plivo_batches where batch = %s
"""

LETTERS = """
select coalesce(before.letter, item.letter), count(*) from plivo_items as item
  left join plivo_items as before on before.batch = item.batch and before.position = item.twin_of
 where item.batch = %s group by 1
"""

SHARDS = """
select count(*), count(shard.ended_at), count(*) filter (where job.status in ('todo', 'doing')),
       count(*) filter (where shard.ended_at is null and job.status = 'failed')
  from plivo_shards as shard left join procrastinate_jobs as job on job.id = shard.job_id where shard.batch = %s
"""

LOCK_BATCH = "select number, account from plivo_batches where batch = %s for update"

REOPEN_ITEMS = """
update plivo_items set letter = case when letter = 'u' then '?' else '-' end::"char",
       intent_at = case when letter = 'u' then coalesce(intent_at, 'epoch') end, settled_at = null, detail = null
 where batch = %(batch)s and letter::text = any(%(letters)s::text[])
"""

REOPEN_SHARDS = """
update plivo_shards as shard set ended_at = null, owner = owner + 1
 where batch = %(batch)s and exists (
       select from plivo_items as item where item.batch = shard.batch and item.letter in ('-', '?')
          and item.position >= shard.first and item.position < shard.first + shard.size)
returning first
"""

REOPEN_BATCH = "update plivo_batches set cancelled_at = null where number = %s"

ROWS = """
select item.position, item.name, item.uuid, extract(epoch from coalesce(before.intent_at, item.intent_at))::float8,
       coalesce(before.letter, item.letter)::text, coalesce(before.detail, item.detail)
  from plivo_items as item
  left join plivo_items as before on before.batch = item.batch and before.position = item.twin_of
 where item.batch = %(batch)s and item.position >= %(first)s
   and (%(all)s or item.letter <> 'a' or item.detail like '{%%')
 order by item.position limit %(most)s
"""

SIZE = "select count(*) from plivo_items where batch = %s"
