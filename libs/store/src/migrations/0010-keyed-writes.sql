-- Writes under an Idempotency-Key: which request a key stands for, and what became of it. The row goes with the record that
-- said the write was begun, or that did it; what became of it goes with the record that says so.

create table keyed_write (
  tenant text not null,
  -- Told to a vendor as its Idempotency-Key, and to the client as the write's reference.
  id uuid not null,
  client text not null,
  -- HMAC of the client's key: what clients write there is not kept.
  key text not null,
  -- SHA-256 of the request.
  request bytea not null,
  interaction text not null check (interaction in ('create', 'update', 'patch', 'delete')),
  source text not null,
  type text not null,
  -- Ours; null where the source gives the id and has not yet.
  resource_id text,
  patient text,
  -- The source's own id, and the version that the write is to follow.
  source_id text,
  source_version text,
  state text not null check (state in ('open', 'unknown', 'done', 'refused', 'not-written')),
  status int,
  version_id text,
  reason text,
  opened timestamptz not null,
  closed timestamptz,
  expires timestamptz not null,
  record_id uuid not null,
  end_record_id uuid,
  -- How often the source was asked what became of it, and when it is asked next: no MAC covers these.
  lookups int not null default 0,
  next_lookup timestamptz not null,
  mac bytea not null,
  primary key (tenant, id)
);
create unique index keyed_write_key on keyed_write (tenant, client, key);
create index keyed_write_waiting on keyed_write (tenant, next_lookup) where state in ('open', 'unknown');
create index keyed_write_expiry on keyed_write (tenant, client, expires);

alter table keyed_write enable row level security;
alter table keyed_write force row level security;
create policy tenant on keyed_write using (tenant = current_setting('proviso.tenant'))
  with check (tenant = current_setting('proviso.tenant'));
grant select, insert, delete on keyed_write to proviso_app;
grant update (resource_id, state, status, version_id, reason, closed, end_record_id, lookups, next_lookup, mac)
on keyed_write to proviso_app;
