-- The planner's statistics. The application owns no table, so that it takes them by a function of the owner's.

create function take_statistics(wanted text) returns void
language plpgsql security definer set search_path = proviso, pg_temp as $$
begin
  execute format('analyze proviso.%I', wanted);
end $$;
revoke execute on function take_statistics(text) from public;
grant execute on function take_statistics(text) to proviso_app;
