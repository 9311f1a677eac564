-- The whole schema of the first version. The folder migrations/postgres holds the same tables and
-- columns; a test compares them. The tables of the scanner (rules, scan_cursors, scanned) and of
-- blocklists (blocklist_runs, blocklist_entries, owned_blocks, trust) come with those parts.
--
-- Times are RFC 3339 text in UTC with milliseconds, which sorts as it reads. JSON is text that
-- SQL never looks into. Every claimable row has leased_by, leased_until and a fence that grows
-- with each claim.

create table deliveries (
  id integer primary key autoincrement,
  source text not null,
  dedupe_key text not null unique,
  event_name text,
  body blob not null,
  received_at text not null,
  state text not null,
  attempts bigint not null,
  due_at text not null,
  leased_by text,
  leased_until text,
  fence bigint not null,
  error text
);
create index deliveries_due on deliveries (due_at, id) where state = 'new';
create index deliveries_by_state on deliveries (state, received_at);
create index deliveries_by_source on deliveries (source, received_at);

create table cases (
  id integer primary key autoincrement,
  kind text not null,
  target text not null,
  target_text text not null,
  state text not null,
  severity bigint not null,
  version bigint not null,
  claimed_by text,
  opened_at text not null,
  claimed_at text,
  claim_expires_at text,
  due_at text,
  resolved_at text,
  resolution text
);
create unique index cases_one_unresolved on cases (target) where state <> 'resolved';
create index cases_by_target on cases (target, id);
create index cases_by_text on cases (lower(target_text), id);
create index cases_newest on cases (opened_at, id);
create index cases_by_state on cases (state, opened_at, id);

create table case_reports (
  report_id text not null primary key,
  case_id bigint not null references cases (id),
  resolved boolean not null,
  updated_at text not null,
  report text not null
);
create index case_reports_by_case on case_reports (case_id);
create index case_reports_by_number on case_reports (length(report_id), report_id);

create table context_snapshots (
  account_id text not null primary key,
  acct text not null,
  domain text,
  is_local boolean not null,
  awaits_approval boolean not null,
  account text not null,
  taken_at text not null
);
create index context_snapshots_by_acct on context_snapshots (acct);
create index context_snapshots_by_domain on context_snapshots (domain);
create index context_snapshots_by_number on context_snapshots (length(account_id), account_id);

create table cards (
  case_id bigint not null references cases (id),
  channel text not null,
  wanted_version bigint not null,
  shown_version bigint not null,
  state text not null,
  message_ref text,
  thread_ref text,
  reposted boolean not null,
  due_at text,
  attempts bigint not null,
  leased_by text,
  leased_until text,
  fence bigint not null,
  last_error text,
  primary key (case_id, channel)
);
create index cards_behind on cards (channel, due_at) where shown_version < wanted_version;

create table thread_messages (
  id integer primary key autoincrement,
  case_id bigint not null references cases (id),
  channel text,
  actor text not null,
  fact text not null,
  at text not null,
  state text not null,
  message_ref text,
  due_at text,
  attempts bigint not null,
  leased_by text,
  leased_until text,
  fence bigint not null,
  last_error text
);
create index thread_messages_by_case on thread_messages (case_id, channel, id);
create index thread_messages_new on thread_messages (channel, id) where state = 'new';

create table notes (
  id integer primary key autoincrement,
  case_id bigint not null references cases (id),
  author text not null,
  origin_channel text,
  origin_message text,
  text text not null,
  written_at text not null,
  edited_at text,
  deleted_at text
);
create index notes_by_case on notes (case_id, id);

create table operations (
  id integer primary key autoincrement,
  batch bigint references operations (id),
  case_id bigint references cases (id),
  command text not null,
  actor text not null,
  target text not null,
  request text not null,
  fingerprint text,
  state text not null,
  tier text not null,
  dry_run boolean not null,
  seconded_by text,
  hold_until text,
  due_at text not null,
  leased_by text,
  leased_until text,
  fence bigint not null,
  outcome text,
  inverse text,
  undone_by bigint references operations (id),
  proposed_at text not null,
  done_at text,
  ends_at text,
  time_is_up boolean not null
);
create unique index operations_one_unfinished on operations (fingerprint)
  where state not in ('done', 'refused', 'cancelled', 'expired');
create index operations_unfinished on operations (due_at, id)
  where state not in ('done', 'refused', 'cancelled', 'expired');
create index operations_by_case on operations (case_id, id);
create index operations_by_target on operations (target, id);
create index operations_by_batch on operations (batch, id);
create index operations_timed on operations (ends_at) where ends_at is not null;

create table operation_steps (
  operation_id bigint not null references operations (id),
  n bigint not null,
  call text not null,
  sent_at text,
  answer text,
  primary key (operation_id, n)
);

create table confirmations (
  token_hash text not null primary key,
  request_hash text not null,
  moderator text not null,
  place text not null,
  payload text not null,
  expires_at text not null,
  used_at text
);

create table requests (
  platform text not null,
  identity text not null,
  request_id text not null,
  command_hash text not null,
  answer text not null,
  created_at text not null,
  primary key (platform, identity, request_id)
);
create index requests_by_age on requests (created_at);

create table replies (
  id integer primary key autoincrement,
  platform text not null,
  channel text,
  request text not null,
  state text not null,
  body text,
  created_at text not null,
  leased_by text,
  leased_until text,
  fence bigint not null
);
create index replies_new on replies (id) where state = 'new';

-- The configuration is the truth about moderators; this is what the server last said about their
-- linked accounts, and whose access was ended by command.
create table moderators (
  name text not null primary key,
  link text,
  link_read_at text,
  offboarded_by text,
  offboarded_at text
);

create table invites (
  token_hash text not null primary key,
  moderator text not null,
  expires_at text not null,
  used_at text
);

create table sessions (
  token_hash text not null primary key,
  moderator text not null,
  csrf text not null,
  created_at text not null,
  expires_at text not null
);
create index sessions_by_moderator on sessions (moderator);

-- actor, case_id and verb repeat what stands in the entry, for looking entries up; the entry is
-- what the chain covers.
create table audit_log (
  seq bigint not null primary key,
  entry text not null,
  prev_hash text not null,
  hash text not null,
  actor text not null,
  verb text not null,
  case_id bigint
);
create index audit_log_by_case on audit_log (case_id, seq);
create index audit_log_by_actor on audit_log (actor, seq);

create table audit_texts (
  seq bigint not null references audit_log (seq),
  name text not null,
  salt text not null,
  text text not null,
  primary key (seq, name)
);
create index audit_texts_by_subject on audit_texts (text) where name = 'subject';

create table audit_head (
  id bigint not null primary key,
  seq bigint not null,
  hash text not null
);
insert into audit_head (id, seq, hash)
  values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

create table changes (
  seq bigint not null primary key,
  case_id bigint not null
);

-- The number of the last change; its row lock makes the order of numbers the order of commits.
create table change_head (
  id bigint not null primary key,
  seq bigint not null
);
insert into change_head (id, seq) values (1, 0);

create table leases (
  name text not null primary key,
  holder text not null,
  expires_at text not null,
  fence bigint not null
);

create table settings (
  name text not null primary key,
  value text not null
);
