-- Which records concern a person, when, and by what a query finds them: written by a follower of the log, made anew from
-- it at any time. A tag is a keyed hash of a resource or an actor in this very row, so that no two rows share one; what it
-- stands for is not in the database. Rows of an erased person go.
create table access_entry (
  tenant text not null,
  person uuid not null,
  subject_seq bigint not null,
  idx bigint not null,
  position int not null,
  time timestamptz not null,
  tags bytea not null,
  primary key (tenant, person, subject_seq)
);
create index access_entry_person on access_entry (tenant, person, idx, position);
create unique index access_entry_record on access_entry (tenant, idx, position);

-- Records of an actor: a keyed hash of actor and month, as far as the key of the record's actor part tells already.
create table access_actor (
  tenant text not null,
  actor bytea not null,
  idx bigint not null,
  primary key (tenant, actor, idx)
);

do $$
declare
  name text;
begin
  foreach name in array array['access_entry', 'access_actor'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant on %I using (tenant = current_setting(''proviso.tenant''))'
      ' with check (tenant = current_setting(''proviso.tenant''))', name);
  end loop;
end $$;
grant select, insert, delete on access_entry, access_actor to proviso_app;
