-- What the application may do, table by table, and row-level security that keeps a connection in its tenant.
-- A table that is missing below cannot be touched by the application at all; a spec checks that each has row security.

do $$
declare
  name text;
begin
  for name in select tablename from pg_tables where schemaname = 'proviso' and tablename <> 'migration' loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format(
      'create policy tenant on %I using (tenant = current_setting(''proviso.tenant''))'
      ' with check (tenant = current_setting(''proviso.tenant''))', name);
  end loop;
end $$;

grant usage on schema proviso to proviso_app;
grant select on all tables in schema proviso to proviso_app;

-- Written once: nobody but the owner changes or removes a leaf, a sealed part, or the bytes of a version.
grant insert on
  log_leaf, log_private, log_subject, resource_version, version_patient, person, person_link, consent_filing,
  consent_rule, consent_rule_actor, binding
to proviso_app;
grant update (current) on resource_version to proviso_app;
grant update (until_time, mac) on person_link to proviso_app;
grant update (to_time, mac) on binding to proviso_app;
grant update (window_from, window_to, valid_from, valid_to, from_position, until_position, mac) on consent_rule
to proviso_app;

grant insert, update on
  person_version, log_head, log_tile, subject_counter, gateway_session, log_anchor, follower_position,
  epoch_key, vault_key, inbox, source_patient, outbox, projection_checkpoint
to proviso_app;
grant insert, update, delete on
  projection_block, grant_word, subject_head, delegate, latch, oidc_payload,
  index_token, index_string, index_reference, index_date, index_number, index_quantity, index_uri, index_composite
to proviso_app;
