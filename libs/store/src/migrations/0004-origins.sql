-- Where versions come from, and when what they say happened; whose links are not to be made again.

-- `Type/id` of what a Provenance is about. Under the version's MAC where there is any.
alter table resource_version add column targets text[] not null default '{}';

-- When the newest news of a resource happened at its source: what is older does not overwrite it.
create table resource_event (
  tenant text not null,
  type text not null,
  id text not null,
  event_time timestamptz not null,
  primary key (tenant, type, id)
);

-- Two patients who are told apart by a person's word: no likeness links them again. `patient` < `other`.
create table person_apart (
  tenant text not null,
  patient text not null,
  other text not null,
  at_time timestamptz not null,
  record_id uuid not null,
  mac bytea not null,
  primary key (tenant, patient, other),
  check (patient < other)
);
create index person_apart_by_other on person_apart (tenant, other);

do $$
declare
  name text;
begin
  foreach name in array array['resource_event', 'person_apart'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant on %I using (tenant = current_setting(''proviso.tenant''))'
      ' with check (tenant = current_setting(''proviso.tenant''))', name);
  end loop;
end $$;
grant select, insert, update on resource_event to proviso_app;
grant select, insert on person_apart to proviso_app;

-- The rules of a Consent follow the patient whom it names to the person to whom she is linked.
create index consent_filing_by_patient on consent_filing (tenant, patient);
grant update (person) on consent_rule to proviso_app;
