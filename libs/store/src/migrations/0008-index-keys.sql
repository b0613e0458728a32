-- The index rows of a resource are few enough to be found by its id alone: a shorter key, stored once for all of them.

drop index index_token_resource;
drop index index_string_resource;
drop index index_reference_resource;
drop index index_date_resource;
drop index index_number_resource;
drop index index_quantity_resource;
drop index index_uri_resource;
create index index_token_resource on index_token (id);
create index index_string_resource on index_string (id);
create index index_reference_resource on index_reference (id);
create index index_date_resource on index_date (id);
create index index_number_resource on index_number (id);
create index index_quantity_resource on index_quantity (id);
create index index_uri_resource on index_uri (id);
