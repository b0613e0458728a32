-- The last event of each partition that was published: moved in one transaction with the publisher's position.
create table event_tail (
  tenant text not null,
  place text not null,
  last text not null,
  primary key (tenant, place)
);
alter table event_tail enable row level security;
alter table event_tail force row level security;
create policy tenant on event_tail using (tenant = current_setting('proviso.tenant'))
  with check (tenant = current_setting('proviso.tenant'));
grant select, insert, update on event_tail to proviso_app;
