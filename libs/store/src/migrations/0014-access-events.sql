-- The id of the AuditEvent that stands for each entry, so that one can be read by it. The index is made anew from the log.
truncate access_entry;
truncate access_actor;
alter table follower_position no force row level security;
delete from follower_position where name = 'access-index';
alter table follower_position force row level security;
alter table access_entry add column event uuid not null;
create unique index access_entry_event on access_entry (tenant, event);
