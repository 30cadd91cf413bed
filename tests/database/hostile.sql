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
