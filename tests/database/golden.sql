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
SET client_min_messages = debug5  -- says nothing that has values of others
SET debug_print_plan = on  -- goes to the server's log, of one's own statements
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
DROP OWNED BY CURRENT_USER  -- people own nothing
SELECT lo_get_nothing FROM (SELECT 1 AS lo_get_nothing) x  -- a check of the harness: harmless statements pass
ALTER ROLE CURRENT_USER SET work_mem = '1GB'  -- for oneself, as SET
ALTER ROLE CURRENT_USER PASSWORD 'otra'  -- one's own password; the program sends a verifier
SELECT ts_stat('SELECT to_tsvector(''x'')')  -- runs as oneself
SELECT rolname FROM pg_catalog.pg_roles  -- names of logins, no password
SELECT prosrc FROM pg_catalog.pg_proc  -- the functions are no secret
