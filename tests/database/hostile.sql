-- What is tried with one's own password and must not pass; one a line, {role} stands for each role of ours.
SET ROLE {role}
SET SESSION AUTHORIZATION {role}
SELECT set_config('role', '{role}', false)
SELECT set_config('session_authorization', '{role}', false)
GRANT {role} TO CURRENT_USER
GRANT iduo_operator TO CURRENT_USER
GRANT iduo_coordinator TO CURRENT_USER
GRANT iduo_admin TO CURRENT_USER
GRANT iduo_answerer TO CURRENT_USER
ALTER ROLE {role} PASSWORD 'x'
DROP ROLE {role}
ALTER ROLE CURRENT_USER SUPERUSER
ALTER ROLE CURRENT_USER CREATEROLE
ALTER ROLE CURRENT_USER CREATEDB
ALTER ROLE CURRENT_USER REPLICATION
ALTER ROLE CURRENT_USER BYPASSRLS
ALTER ROLE CURRENT_USER CONNECTION LIMIT -1
ALTER ROLE CURRENT_USER VALID UNTIL 'infinity'
ALTER ROLE CURRENT_USER RENAME TO jefe
ALTER ROLE CURRENT_USER SET session_preload_libraries = 'x'
ALTER ROLE CURRENT_USER SET session_replication_role = 'replica'
CREATE EXTENSION dblink
CREATE EXTENSION postgres_fdw
CREATE EXTENSION file_fdw
CREATE EXTENSION adminpack
CREATE EXTENSION lo
CREATE EXTENSION pageinspect
CREATE EXTENSION plperlu
SET session_replication_role = replica
SET allow_system_table_mods = on
SET log_statement = 'all'
SET log_min_messages = 'panic'
SET track_activities = off
SET max_stack_depth = '1GB'
SET lc_messages = 'C'
SET session_preload_libraries = 'x'
SET zero_damaged_pages = on
SET temp_file_limit = -1
SET fsync = off
SET ignore_checksum_failure = on
SET log_duration = on
SET role = iduo_owner
SET commit_delay = 100000
SET backtrace_functions = 'x'
SET wal_level = minimal
SET dynamic_library_path = '/tmp'
SET deadlock_timeout = 1
LOAD 'auto_explain'
LOAD '/tmp/x.so'
ALTER SYSTEM SET fsync = off
CREATE DATABASE mia
CREATE ROLE yo SUPERUSER
CREATE SCHEMA mio
CREATE TABLE public.t (x integer)
CREATE TEMP TABLE t (x integer)
CREATE TEMP TABLE staff (x text)
SELECT 1 INTO TEMP t
CREATE TEMP VIEW v AS SELECT 1
CREATE TEMP SEQUENCE s
CREATE TABLE pg_temp.t (x integer)
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'
CREATE FUNCTION api.f() RETURNS int LANGUAGE sql AS 'SELECT 1'
DO 'BEGIN NULL; END'
DO LANGUAGE plpgsql 'BEGIN PERFORM 1; END'
CREATE LANGUAGE plpython3u
CREATE CAST (text AS integer) WITH INOUT
CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION audit.never()
CREATE AGGREGATE api.a (integer) (sfunc = int4pl, stype = integer)
CREATE OPERATOR === (leftarg = text, rightarg = text, function = texteq)
CREATE TYPE api.t AS (x integer)
CREATE DOMAIN api.d AS text
CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw
CREATE USER MAPPING FOR CURRENT_USER SERVER s
CREATE TABLESPACE t LOCATION '/tmp'
CREATE PUBLICATION p FOR ALL TABLES
CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p
CREATE COLLATION api.c FROM "C"
COPY (SELECT 1) TO PROGRAM 'id'
COPY (SELECT 1) TO '/tmp/x'
CREATE ACCESS METHOD m TYPE INDEX HANDLER bthandler
CHECKPOINT
SELECT pg_read_file('/etc/passwd')
SELECT pg_read_binary_file('PG_VERSION')
SELECT pg_ls_dir('.')
SELECT pg_stat_file('.')
SELECT lo_import('/etc/passwd')
SELECT lo_export(1, '/tmp/x')
SELECT lo_create(0)
SELECT lo_from_bytea(0, 'x')
SELECT lo_unlink(1)
SELECT pg_sleep(0)
SELECT pg_sleep_for('1 s')
SELECT pg_sleep_until(clock_timestamp())
SELECT pg_notify('iduo_change', 'x')
SELECT pg_advisory_lock(1)
SELECT pg_try_advisory_lock(1)
SELECT pg_advisory_xact_lock(1)
SELECT pg_advisory_unlock_all()
SELECT pg_export_snapshot()
SELECT pg_logical_emit_message(false, 'x', 'y')
SELECT pg_reload_conf()
SELECT pg_rotate_logfile()
SELECT pg_switch_wal()
SELECT pg_create_restore_point('x')
SELECT pg_backup_start('x')
SELECT pg_promote()
SELECT pg_stat_reset()
SELECT pg_create_physical_replication_slot('x')
SELECT pg_log_backend_memory_contexts(1)
SELECT pg_stat_reset_shared('wal')
SELECT query_to_xml('SELECT 1', true, true, '')
SELECT table_to_xml('pg_class', true, true, '')
SELECT database_to_xml(true, true, '')
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> session_user
SELECT pg_ls_logdir()
SELECT pg_ls_tmpdir()
SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename <> session_user
SELECT pg_ls_waldir()
SELECT pg_current_logfile()
REASSIGN OWNED BY iduo_owner TO CURRENT_USER
DROP OWNED BY iduo_owner
DROP SCHEMA api CASCADE
DROP FUNCTION api.people()
ALTER FUNCTION api.people() SECURITY INVOKER
ALTER FUNCTION api.people() SET search_path = public
ALTER DEFAULT PRIVILEGES FOR ROLE iduo_owner GRANT ALL ON TABLES TO PUBLIC
ALTER DATABASE postgres RENAME TO x
SECURITY LABEL ON ROLE iduo_owner IS 'x'
REINDEX SYSTEM
DROP DATABASE postgres
DROP EXTENSION pg_trgm
SELECT * FROM dblink('dbname=postgres', 'SELECT 1') AS t(x integer)
SELECT iduo.require('user')
SELECT audit.note('a', 'b', NULL, NULL)
SELECT 'iduo.company'::regclass
SELECT NULL::iduo.company
SELECT iduo.similarity('a', 'b')
SELECT iduo.set_limit(0.1)
SELECT api.no_hay()
SET event_triggers = off
SET log_parser_stats = on
SET track_functions = 'all'
SET lo_compat_privileges = on
SET allow_in_place_tablespaces = on
SET max_notify_queue_pages = 1
SET is_superuser = on
SET session_authorization = postgres
SET iduo.user = 'postgres'
SET TRANSACTION SNAPSHOT '00000003-0000001B-1'
ALTER ROLE CURRENT_USER SET log_statement = 'none'
ALTER ROLE CURRENT_USER LOGIN
ALTER ROLE CURRENT_USER NOLOGIN
ALTER ROLE CURRENT_USER INHERIT
ALTER ROLE ALL SET work_mem = '1GB'
ALTER ROLE ALL RESET ALL
ALTER DATABASE template1 SET work_mem = '1GB'
ALTER GROUP iduo_admin ADD USER CURRENT_USER
REVOKE iduo_operator FROM CURRENT_USER
REVOKE iduo_user FROM iduo_operator
GRANT SET ON PARAMETER log_statement TO CURRENT_USER
ALTER SYSTEM RESET ALL
COMMENT ON ROLE iduo_owner IS 'x'
COMMENT ON DATABASE postgres IS 'x'
CREATE STATISTICS s ON relname, relkind FROM pg_class
CREATE CONVERSION api.c FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1
CREATE TEXT SEARCH CONFIGURATION api.c (COPY = simple)
CREATE TRANSFORM FOR integer LANGUAGE sql (FROM SQL WITH FUNCTION int4in(internal))
CREATE MATERIALIZED VIEW public.m AS SELECT 1
CREATE PROCEDURE api.p() LANGUAGE sql AS 'SELECT 1'
CREATE FUNCTION public.f() RETURNS int LANGUAGE internal AS 'pg_backend_pid'
CREATE FUNCTION public.f() RETURNS int LANGUAGE c AS 'x', 'y'
CREATE FUNCTION pg_temp.shadow(text) RETURNS text RETURN 'x'
IMPORT FOREIGN SCHEMA x FROM SERVER y INTO public
COPY (SELECT 1) FROM PROGRAM 'id'
COPY pg_catalog.pg_class TO '/tmp/x'
COPY pg_catalog.pg_authid TO STDOUT
CALL api.nada()
DO LANGUAGE sql 'SELECT 1'
CREATE TRIGGER t BEFORE INSERT ON pg_class FOR EACH ROW EXECUTE FUNCTION audit.never()
ALTER EVENT TRIGGER e DISABLE
ALTER LARGE OBJECT 1 OWNER TO CURRENT_USER
SELECT lo_open(1, 131072)
SELECT lo_get(1)
SELECT lo_put(1, 0, 'x')
SELECT lo_creat(-1)
SELECT loread(1, 1)
GRANT ALL ON LARGE OBJECT 1 TO PUBLIC
SELECT pg_read_file('pg_hba.conf')
SELECT pg_ls_archive_statusdir()
SELECT pg_ls_logicalsnapdir()
SELECT pg_ls_replslotdir('x')
SELECT pg_hba_file_rules()
SELECT pg_show_all_file_settings()
SELECT pg_stat_reset_single_table_counters(1)
SELECT pg_stat_reset_slru(NULL)
SELECT pg_stat_have_stats('database', 1, 1)
SELECT pg_drop_replication_slot('x')
SELECT pg_logical_slot_peek_changes('x', NULL, NULL)
SELECT pg_replication_origin_create('x')
SELECT pg_create_logical_replication_slot('x', 'test_decoding')
SELECT pg_log_standby_snapshot()
SELECT pg_wal_replay_pause()
SELECT pg_database_size('postgres')
SELECT pg_tablespace_size('pg_global')
SELECT pg_restore_relation_stats('schemaname', 'iduo', 'relname', 'case', 'relpages', 1)
SELECT pg_clear_attribute_stats('iduo', 'case', 'id', false)
SELECT pg_get_backend_memory_contexts()
SELECT nextval(c.oid) FROM pg_class c WHERE relkind = 'S' AND relname = 'ticket_number_seq'
SELECT setval(c.oid, 1) FROM pg_class c WHERE relkind = 'S' AND relname = 'ticket_number_seq'
SELECT brin_summarize_new_values(c.oid) FROM pg_class c WHERE relname = 'case_pkey'
SELECT gin_clean_pending_list(c.oid) FROM pg_class c WHERE relname = 'ticket_words_index'
SELECT currtid2('iduo.case', '(0,1)')
SELECT query_to_xml_and_xmlschema('SELECT 1', true, true, '')
SELECT cursor_to_xml('c', 1, true, true, '')
SELECT ts_rewrite('a'::tsquery, 'SELECT t, s FROM iduo.x')
SELECT ts_stat('SELECT words FROM iduo.ticket')
SELECT json_populate_record(NULL::iduo.staff, '{}')
SELECT has_table_privilege('iduo_owner', 'iduo.case', 'SELECT')
SELECT row_security_active('iduo.case')
EXPLAIN SELECT * FROM iduo.case
PREPARE p AS SELECT * FROM iduo.case
DECLARE c CURSOR WITH HOLD FOR SELECT * FROM iduo.case
EXPLAIN ANALYZE SELECT pg_sleep(0)
SELECT * FROM iduo.alembic_version
SELECT * FROM ONLY iduo.case TABLESAMPLE SYSTEM (100)
SELECT ctid, xmin FROM iduo.case
SELECT (SELECT c FROM iduo.case c LIMIT 1)
WITH x AS (DELETE FROM iduo.case RETURNING *) SELECT * FROM x
SELECT stavalues1 FROM pg_statistic
SELECT * FROM pg_file_settings
SHOW data_directory
SHOW hba_file
SELECT current_setting('config_file')
REINDEX DATABASE postgres
REINDEX SCHEMA iduo
CLUSTER iduo.case
ANALYZE iduo.case
REFRESH MATERIALIZED VIEW public.m
SELECT pg_notify('iduo_change', repeat('x', 9000))
ALTER TYPE pg_catalog.int4 OWNER TO CURRENT_USER
ALTER SCHEMA api OWNER TO CURRENT_USER
ALTER EXTENSION pg_trgm SET SCHEMA public
ALTER LANGUAGE plpgsql OWNER TO CURRENT_USER
GRANT USAGE ON LANGUAGE plpgsql TO CURRENT_USER
GRANT CREATE ON SCHEMA public TO CURRENT_USER
GRANT TEMP ON DATABASE postgres TO CURRENT_USER
SELECT xmlparse(document '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
SELECT convert_from('\xff', 'UTF8')
SELECT E'\uD800'
SELECT U&'\+00D800'
SELECT chr(0)
SELECT repeat('x', 2000000000)
SELECT 2147483647 + 1
SELECT array_fill(1, ARRAY[2147483647])
SELECT ('[' || repeat('[', 100000) || repeat(']', 100000) || ']')::jsonb
SELECT * FROM pg_locks
SELECT * FROM pg_lock_status()
SELECT objid FROM pg_locks WHERE locktype = 'advisory'
COPY pg_catalog.pg_locks TO STDOUT
SELECT pg_stat_get_xact_tuples_fetched(c.oid) FROM pg_class c WHERE relname = 'contact'
SELECT pg_stat_get_tuples_inserted(c.oid) FROM pg_class c WHERE relname = 'contact_relation'
SELECT pg_stat_get_live_tuples(c.oid) FROM pg_class c WHERE relname = 'contact_section'
SELECT * FROM pg_stat_user_tables
SELECT * FROM pg_stat_xact_user_tables
SELECT * FROM pg_statio_user_indexes
SELECT * FROM pg_stat_database
SELECT * FROM pg_stat_io
