-- The inbox of messages. What was received is written once; only what became of it may change.

alter table inbox
  add column seq bigint not null,
  add column sender text not null,
  add column control_id text not null,
  add column message text not null,
  add column keys text[] not null,
  add column answer bytea not null,
  add column attempts int not null,
  add column issues jsonb not null,
  add column mac bytea not null;

alter table inbox drop constraint inbox_state_check;
alter table inbox add constraint inbox_state_check
  check (state in ('received', 'converted', 'unsupported', 'failed', 'discarded'));

-- Drawn before the row is made, so that its MAC covers it.
create sequence inbox_seq;
grant usage on sequence inbox_seq to proviso_app;

drop index inbox_open;
create index inbox_open on inbox (tenant, source, seq) where state = 'received';
create index inbox_by_state on inbox (tenant, state, seq);
-- Bytes that are equal have an equal control id: this alone tells a message that was sent again.
create unique index inbox_digest on inbox (tenant, source, digest);
create index inbox_control on inbox (tenant, source, control_id);

revoke update on inbox from proviso_app;
grant update (state, reason, record_id, attempts, issues, mac) on inbox to proviso_app;

-- When a sender was last connected, to whichever process.
create table source_contact (
  tenant text not null,
  source text not null,
  contact timestamptz not null,
  primary key (tenant, source)
);
alter table source_contact enable row level security;
alter table source_contact force row level security;
create policy tenant on source_contact using (tenant = current_setting('proviso.tenant'))
  with check (tenant = current_setting('proviso.tenant'));
grant select, insert, update on source_contact to proviso_app;
