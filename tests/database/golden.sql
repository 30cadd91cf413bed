-- What passes, and why it may; one a line.
SET SESSION AUTHORIZATION DEFAULT  -- becomes who one is
SET ROLE NONE  -- becomes who one is
SET statement_timeout = 0  -- the guard ends what takes longer
SET idle_in_transaction_session_timeout = 0  -- the guard ends what takes longer
SET lock_timeout = 0  -- every function of the door sets its own
SET search_path = pg_temp, pg_catalog, api  -- every function of the door sets its own, and nobody makes temporary things
SET row_security = off  -- then a query that row security would narrow fails instead
SET standard_conforming_strings = off  -- the gate refuses
SET default_transaction_isolation = 'serializable'  -- the gate refuses
SET transform_null_equals = on  -- our functions ask IS NULL
SET synchronous_commit = off  -- commands that must last set it on
SET client_min_messages = debug5  -- says nothing that has values of others: what prints plans the gate refuses (test_escapes)
SET debug_print_plan = on  -- the gate refuses
SET work_mem = '2GB'  -- the memory limit of the service (docs/it.md)
SET max_parallel_workers_per_gather = 64  -- the server has its own limit
SET jit = on  -- slows one's own statements
SET bytea_output = 'escape'  -- the audit log sets its own
SET DateStyle = 'German, DMY'  -- the gate refuses
SET TimeZone = 'Asia/Tokyo'  -- functions name the zone; the audit log sets its own
SET application_name = 'iduo-admin guard'  -- workstations heed the guard by its session, not by its name
LISTEN iduo_change  -- hears that something changed, never what
NOTIFY iduo_change  -- workstations heed the guard's session only
NOTIFY iduo_change, 'x'  -- nobody reads a payload
DECLARE c CURSOR WITH HOLD FOR SELECT 1  -- temp_file_limit
PREPARE p AS SELECT 1  -- of one's own session
SELECT pg_current_xact_id()  -- spends a number of transactions
COPY (SELECT 1) TO STDOUT  -- to oneself
CLUSTER  -- only tables of one's own
PREPARE TRANSACTION 'x'  -- no transaction is open; the server has room for none
GRANT EXECUTE ON FUNCTION api.changes TO PUBLIC  -- a warning, nothing is granted
REVOKE ALL ON SCHEMA api FROM iduo_user  -- a warning, nothing is revoked
VACUUM  -- skips, with a warning, what one does not own
ANALYZE  -- skips, with a warning, what one does not own
DISCARD ALL  -- of one's own session
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO PUBLIC  -- of functions of one's own, and nobody makes any
DROP OWNED BY CURRENT_USER  -- people own nothing
SELECT lo_get_nothing FROM (SELECT 1 AS lo_get_nothing) x  -- a check of the harness: harmless statements pass
ALTER ROLE CURRENT_USER SET work_mem = '1GB'  -- for oneself, as SET
ALTER ROLE CURRENT_USER PASSWORD 'otra'  -- one's own password; the program sends a verifier
SELECT ts_stat('SELECT to_tsvector(''x'')')  -- runs as oneself
SELECT rolname FROM pg_catalog.pg_roles  -- names of logins, no password
SELECT prosrc FROM pg_catalog.pg_proc  -- the functions are no secret
SET createrole_self_grant = 'set, inherit'  -- what makes people sets its own (test_escapes)
SET plpgsql.check_asserts = off  -- no function asserts
SET plpgsql.extra_errors = 'all'  -- changes no answer (test_odd_settings)
SET plpgsql.variable_conflict = 'use_variable'  -- falls away as soon as a function is called (test_escapes)
SET pg_trgm.similarity_threshold = 0  -- finds more of what one may find, up to the same count
SET gin_fuzzy_search_limit = 1  -- finds less, for oneself
SET exit_on_error = on  -- ends one's own session
SET local_preload_libraries = 'x'  -- only what IT put among the plugins, at the next login
SET default_tablespace = 'pg_global'  -- nobody makes tables
SET temp_tablespaces = 'pg_default'  -- nobody makes temporary things
SET restrict_nonsystem_relation_kind = 'view'  -- forbids oneself
SET CONSTRAINTS ALL DEFERRED  -- none is deferrable
SET client_encoding = 'SQL_ASCII'  -- bytes are checked all the same (test_escapes)
SET client_encoding = 'LATIN1'  -- what cannot be said in it fails
SET IntervalStyle = 'sql_standard'  -- changes no answer (test_odd_settings)
SET extra_float_digits = -15  -- changes no answer (test_odd_settings)
SET lc_time = 'C'  -- changes no answer (test_odd_settings)
SET array_nulls = off  -- changes no answer (test_odd_settings)
SET enable_seqscan = off  -- changes no answer (test_odd_settings)
SET plan_cache_mode = 'force_generic_plan'  -- changes no answer (test_odd_settings)
SET debug_parallel_query = on  -- changes no answer (test_odd_settings)
SET trace_notify = on  -- goes to the server's log, without contents
SET password_encryption = 'md5'  -- the door takes SCRAM verifiers only
SET transaction_timeout = 0  -- the guard ends what takes longer
SET idle_session_timeout = 0  -- CONNECTION LIMIT counts one's own
SET client_connection_check_interval = 0  -- CONNECTION LIMIT counts one's own
SET tcp_user_timeout = 0  -- CONNECTION LIMIT counts one's own
SET vacuum_cost_limit = 10000  -- nobody vacuums
SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE  -- the gate refuses
ALTER ROLE CURRENT_USER SET role = 'iduo_owner'  -- is refused at the next login (test_escapes)
ALTER ROLE CURRENT_USER SET session_authorization = 'postgres'  -- is refused at the next login (test_escapes)
ALTER ROLE CURRENT_USER SET search_path = 'pg_temp'  -- every function of the door sets its own
ALTER ROLE CURRENT_USER SET statement_timeout = 0  -- for oneself, as SET
ALTER ROLE CURRENT_USER SET local_preload_libraries = 'x'  -- only what IT put among the plugins; shuts oneself out
ALTER ROLE CURRENT_USER PASSWORD NULL  -- shuts oneself out
SELECT pg_sequence_last_value(c.oid) FROM pg_class c WHERE relkind = 'S' AND relname = 'ticket_number_seq'  -- NULL without a right on it
SELECT pg_get_sequence_data(c.oid) FROM pg_class c WHERE relkind = 'S' AND relname = 'ticket_number_seq'  -- NULL without a right on it
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'autovacuum launcher'  -- shows no row
SELECT * FROM information_schema.role_table_grants WHERE table_schema = 'iduo'  -- shows no row
SELECT conbin FROM pg_constraint  -- what is checked is no secret
SELECT * FROM pg_stats_ext  -- shows no row
SELECT most_common_vals FROM pg_stats WHERE schemaname = 'iduo'  -- shows no row
SELECT * FROM pg_prepared_xacts  -- there are none
SELECT * FROM pg_settings WHERE name = 'data_directory'  -- shows no row
SELECT inet_server_addr()  -- which one reached
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE  -- the gate refuses
VACUUM FULL pg_catalog.pg_class  -- skips, with a warning, what one does not own
UNLISTEN *  -- of one's own session
NOTIFY iduo_change, 'guard'  -- nobody reads a payload
SELECT regexp_count(repeat('a', 30), '(a*)*b')  -- does not grow without end here
ALTER ROLE CURRENT_USER RESET ALL  -- gives one's own settings back
