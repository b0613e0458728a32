-- The whole store. Tenant is in every key; row-level security keeps a connection in its tenant.
-- Bytes are kept as served; facts are NOT NULL, unknown is '?'. Positions count what the consent projection applied.

create table resource_version (
  tenant text not null,
  type text not null,
  id text not null,
  version_id text not null,
  seq bigint generated always as identity,
  current boolean not null,
  deleted boolean not null,
  bytes bytea not null,
  digest bytea not null,
  canon bytea not null,
  content bytea not null,
  mac bytea not null,
  last_updated timestamptz not null,
  source text not null,
  codes text[] not null,
  labels text[] not null,
  label_rules text not null,
  authors text[] not null,
  related text[] not null,
  time_lo timestamptz not null,
  time_hi timestamptz not null,
  time_known boolean not null,
  record_id uuid not null,
  primary key (tenant, type, id, version_id)
);
create unique index resource_current on resource_version (tenant, type, id) where current;
create index resource_updated on resource_version (tenant, type, last_updated desc, id) where current and not deleted;

-- Patients of a version, by CompartmentDefinition; the row says whose data it is.
create table version_patient (
  tenant text not null,
  type text not null,
  id text not null,
  version_id text not null,
  patient text not null,
  role text not null check (role in ('subject', 'other')),
  primary key (tenant, type, id, version_id, patient)
);
create index version_patient_by_patient on version_patient (tenant, patient, type, id);

create table person (
  tenant text not null,
  id uuid not null,
  created timestamptz not null,
  primary key (tenant, id)
);
create table person_link (
  tenant text not null,
  patient text not null,
  person uuid not null,
  grade text not null check (grade in ('certain', 'confirmed')),
  from_time timestamptz not null,
  until_time timestamptz,
  record_id uuid not null,
  mac bytea not null,
  primary key (tenant, patient, from_time)
);
create unique index person_link_now on person_link (tenant, patient) where until_time is null;
create index person_link_by_person on person_link (tenant, person) where until_time is null;

-- Index rows of current versions, one table per kind of search parameter.
create table index_token (
  tenant text not null, type text not null, id text not null, param text not null,
  system text not null, code text not null
);
create index index_token_value on index_token (tenant, type, param, code, system, id);
create index index_token_resource on index_token (tenant, type, id, param);
create table index_string (
  tenant text not null, type text not null, id text not null, param text not null,
  exact text not null, folded text not null
);
create index index_string_value on index_string (tenant, type, param, folded text_pattern_ops, id);
create index index_string_resource on index_string (tenant, type, id, param);
create table index_reference (
  tenant text not null, type text not null, id text not null, param text not null,
  target_type text not null, target_id text not null, url text not null
);
create index index_reference_value on index_reference (tenant, type, param, target_id, target_type, id);
create index index_reference_resource on index_reference (tenant, type, id, param);
create table index_date (
  tenant text not null, type text not null, id text not null, param text not null,
  lo timestamptz not null, hi timestamptz not null
);
create index index_date_value on index_date (tenant, type, param, lo, hi, id);
create index index_date_resource on index_date (tenant, type, id, param);
create table index_number (
  tenant text not null, type text not null, id text not null, param text not null,
  lo double precision not null, hi double precision not null
);
create index index_number_value on index_number (tenant, type, param, lo, hi, id);
create index index_number_resource on index_number (tenant, type, id, param);
create table index_quantity (
  tenant text not null, type text not null, id text not null, param text not null,
  lo double precision not null, hi double precision not null, system text not null, code text not null
);
create index index_quantity_value on index_quantity (tenant, type, param, code, lo, hi, id);
create index index_quantity_resource on index_quantity (tenant, type, id, param);
create table index_uri (
  tenant text not null, type text not null, id text not null, param text not null, uri text not null
);
create index index_uri_value on index_uri (tenant, type, param, uri, id);
create index index_uri_resource on index_uri (tenant, type, id, param);
create table index_composite (
  tenant text not null, type text not null, id text not null, param text not null,
  system text not null, code text not null, lo double precision not null, hi double precision not null,
  value_system text not null, value_code text not null
);
create index index_composite_value on index_composite (tenant, type, param, code, value_code, lo, hi, id);
create index index_composite_resource on index_composite (tenant, type, id, param);

-- Consents as filed: the signed bytes, the terms, the binding they rest on.
create table consent_filing (
  tenant text not null,
  consent text not null,
  person uuid not null,
  patient text not null,
  chain_id text not null,
  contract text not null,
  subject text not null,
  grant_id text not null,
  version int not null,
  kind text not null check (kind in ('permit', 'deny')),
  bytes bytea not null,
  terms jsonb not null,
  commitment text not null,
  binding uuid not null,
  record_id uuid not null,
  mac bytea not null,
  primary key (tenant, consent)
);
create unique index consent_filing_grant on consent_filing (tenant, subject, grant_id, version);
-- One row per base (ordinal 0) or exception. null = no constraint. from/until are positions of the projection.
create table consent_rule (
  tenant text not null,
  consent text not null,
  ordinal int not null,
  person uuid not null,
  kind text not null check (kind in ('permit', 'deny')),
  effect text not null check (effect in ('permit', 'deny')),
  actors text[],
  purposes text[],
  actions text[],
  classes text[],
  codes text[],
  labels text[],
  data_from timestamptz,
  data_to timestamptz,
  instances text[],
  related text[],
  authors text[],
  -- The provision's own period, the chain word's window, and what SQL compares with: their intersection.
  period_from timestamptz not null,
  period_to timestamptz not null,
  window_from timestamptz not null,
  window_to timestamptz not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  from_position bigint,
  until_position bigint,
  mac bytea not null,
  primary key (tenant, consent, ordinal)
);
create index consent_rule_person on consent_rule (tenant, person, effect) where until_position is null;
create index consent_rule_all on consent_rule (tenant, person);
create table consent_rule_actor (
  tenant text not null,
  actor text not null,
  person uuid not null,
  consent text not null,
  primary key (tenant, actor, person, consent)
);
-- Changes with any rule, binding or link of the person, so that held rule sets can be checked cheaply.
create table person_version (
  tenant text not null,
  person uuid not null,
  version bigint not null,
  primary key (tenant, person)
);
create table binding (
  tenant text not null,
  id uuid not null,
  patient text not null,
  person uuid not null,
  subject text not null,
  signer_hash text not null,
  rights text not null check (rights in ('self', 'guardian', 'custodian')),
  from_time timestamptz not null,
  to_time timestamptz,
  evidence text not null,
  statement bytea not null,
  signature bytea not null,
  record_id uuid not null,
  mac bytea not null,
  primary key (tenant, id)
);
create unique index binding_subject on binding (tenant, subject);

-- The projection of the registry.
create table projection_checkpoint (
  tenant text not null,
  chain_id text not null,
  genesis_hash text not null,
  contract text not null,
  code_hash text not null,
  block_number bigint not null,
  block_hash text not null,
  block_time bigint not null,
  confirmed bigint not null,
  position bigint not null,
  contact timestamptz not null,
  primary key (tenant)
);
create table projection_block (
  tenant text not null,
  number bigint not null,
  hash text not null,
  time bigint not null,
  position bigint not null,
  undo jsonb not null,
  primary key (tenant, number)
);
create table grant_word (
  tenant text not null,
  subject text not null,
  grant_id text not null,
  word numeric(78, 0) not null,
  commitment text not null,
  signed_by text not null,
  block_number bigint not null,
  position bigint not null,
  mac bytea not null,
  primary key (tenant, subject, grant_id)
);
create table subject_head (
  tenant text not null,
  subject text not null,
  signer_hash text not null,
  key_epoch bigint not null,
  epoch bigint not null,
  locked boolean not null,
  mac bytea not null,
  primary key (tenant, subject)
);
create table delegate (
  tenant text not null,
  subject text not null,
  signer_hash text not null,
  word numeric(78, 0) not null,
  block_number bigint not null,
  mac bytea not null,
  primary key (tenant, subject, signer_hash)
);
-- Revocations and denies that were seen: nothing but a later final permit clears one.
create table latch (
  tenant text not null,
  subject text not null,
  grant_id text not null,
  kind text not null check (kind in ('revoked', 'deny', 'revoked-all')),
  version int not null,
  epoch bigint not null,
  record_id uuid,
  seen timestamptz not null,
  mac bytea not null,
  primary key (tenant, subject, grant_id, version, kind)
);
create table outbox (
  tenant text not null,
  key text not null,
  seq bigint generated always as identity,
  recipient text not null,
  data bytea not null,
  priority text not null check (priority in ('urgent', 'normal')),
  state text not null check (state in ('queued', 'signed', 'included', 'final', 'failed')),
  nonce bigint,
  transactions jsonb not null default '[]',
  block_number bigint,
  block_hash text,
  error text,
  created timestamptz not null default now(),
  primary key (tenant, key)
);
create unique index outbox_nonce on outbox (tenant, nonce) where nonce is not null;
create index outbox_open on outbox (tenant, priority, seq) where state in ('queued', 'signed', 'included');

-- The log. The application may insert leaves, never change or delete them.
create table log_head (
  tenant text not null,
  origin text not null,
  size bigint not null,
  root bytea not null,
  frontier bytea not null,
  checkpoint text not null,
  last_time timestamptz not null,
  primary key (tenant)
);
create table log_leaf (
  tenant text not null,
  idx bigint not null,
  record_id uuid not null,
  entry bytea not null,
  primary key (tenant, idx)
);
create unique index log_leaf_record on log_leaf (tenant, record_id);
create table log_tile (
  tenant text not null,
  level int not null,
  idx bigint not null,
  hashes bytea not null,
  primary key (tenant, level, idx)
);
create table log_private (
  tenant text not null,
  idx bigint not null,
  part text not null,
  key_id text not null,
  sealed bytea not null,
  primary key (tenant, idx, part)
);
-- Which records concern a person, for access reports; the person's key opens the parts.
create table log_subject (
  tenant text not null,
  person uuid not null,
  subject_seq bigint not null,
  idx bigint not null,
  primary key (tenant, person, subject_seq)
);
create table subject_counter (
  tenant text not null,
  person uuid not null,
  next bigint not null,
  primary key (tenant, person)
);
create table gateway_session (
  tenant text not null,
  id text not null,
  opened timestamptz not null,
  closed timestamptz,
  last_seq bigint not null,
  primary key (tenant, id)
);
create table log_anchor (
  tenant text not null,
  size bigint not null,
  root bytea not null,
  chain_id text not null,
  contract text not null,
  log_id text not null,
  state text not null check (state in ('prepared', 'submitted', 'included', 'final', 'reorged')),
  transaction_hash text,
  block_number bigint,
  block_hash text,
  evidence jsonb,
  created timestamptz not null,
  primary key (tenant, size)
);
create table follower_position (
  tenant text not null,
  name text not null,
  position bigint not null,
  primary key (tenant, name)
);

-- Keys. The root key is never here.
create table epoch_key (
  tenant text not null,
  epoch int not null,
  wrapped bytea not null,
  created timestamptz not null,
  primary key (tenant, epoch)
);
create table vault_key (
  tenant text not null,
  key_id text not null,
  scope text not null,
  epoch int not null,
  wrapped bytea,
  created timestamptz not null,
  destroyed timestamptz,
  primary key (tenant, key_id)
);
create unique index vault_key_scope on vault_key (tenant, scope) where destroyed is null;

-- Intake: the raw bytes, durable before they are acknowledged.
create table inbox (
  tenant text not null,
  id uuid not null,
  source text not null,
  dialect text not null,
  received timestamptz not null,
  digest bytea not null,
  bytes bytea not null,
  state text not null check (state in ('received', 'converted', 'failed', 'discarded')),
  reason text,
  record_id uuid,
  primary key (tenant, id)
);
create index inbox_open on inbox (tenant, source, received) where state in ('received', 'failed');
create table source_patient (
  tenant text not null,
  source text not null,
  source_id text not null,
  patient text not null,
  refreshed jsonb not null default '{}',
  primary key (tenant, source, source_id)
);
create index source_patient_by_patient on source_patient (tenant, patient);

-- The authorization server's models; ids are hashes of what the bearer holds.
create table oidc_payload (
  tenant text not null,
  kind text not null,
  id_hash text not null,
  payload jsonb not null,
  grant_id text,
  user_code text,
  uid text,
  expires_at timestamptz,
  consumed_at timestamptz,
  mac bytea not null,
  primary key (tenant, kind, id_hash)
);
create index oidc_payload_grant on oidc_payload (tenant, grant_id) where grant_id is not null;
create index oidc_payload_uid on oidc_payload (tenant, kind, uid) where uid is not null;
create index oidc_payload_expiry on oidc_payload (expires_at) where expires_at is not null;
