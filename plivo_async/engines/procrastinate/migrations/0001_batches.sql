-- Batches of activations, cut into shards. Applied by Batches.apply_schema(); what has been applied is in plivo_migrations.

create table plivo_batches (
    number bigint generated always as identity primary key,
    batch text not null unique,
    account text not null,               -- its name on the workers; nothing secret is ever here
    confirm text not null default 'always',
    wait_for double precision not null default 0,
    created_at timestamptz not null default now(),
    cancelled_at timestamptz
);

create table plivo_shards (
    batch bigint not null references plivo_batches on delete cascade,
    first integer not null,              -- position of its first item in the whole input, from 0
    size integer not null,
    job_id bigint,                       -- of procrastinate_jobs
    owner bigint not null default 0,     -- grows with every worker that takes it; only the last one may write
    begun_at timestamptz,
    ended_at timestamptz,
    primary key (batch, first)
);

create table plivo_items (
    batch bigint not null references plivo_batches on delete cascade,
    position integer not null,           -- in the whole input, from 0
    name text,
    uuid text,
    twin_of integer,                     -- the position at which the input had it before
    letter "char" not null default '-',  -- - untouched  ? may have been sent  a activated  y already_active
                                         -- n not_found  r rejected  f failed  u unknown  = see twin_of
    intent_at timestamptz,               -- an activation may have left from then on
    settled_at timestamptz,
    detail text,                         -- attempts, times and error, as JSON
    primary key (batch, position)
);

create index plivo_items_unusual on plivo_items (batch, position) where letter <> 'a';
