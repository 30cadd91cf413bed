-- What PUBLIC gets from PostgreSQL and must not have here. Run by a superuser in the database.
CREATE SCHEMA IF NOT EXISTS iduo AUTHORIZATION iduo_owner;
CREATE SCHEMA IF NOT EXISTS audit AUTHORIZATION iduo_audit;
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA iduo;

REVOKE ALL ON SCHEMA public, iduo, audit FROM PUBLIC;
REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql, sql TO iduo_owner, iduo_audit, iduo_useradmin, iduo_search, iduo_guard;
ALTER DEFAULT PRIVILEGES FOR ROLE iduo_owner, iduo_audit, iduo_useradmin, iduo_search REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA iduo TO iduo_useradmin, iduo_search, iduo_audit;
GRANT USAGE ON SCHEMA audit TO iduo_owner;

-- Functions of the catalogue with which one session can hinder all others, smuggle, or stay.
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND (p.proname ~ '^(pg_advisory|pg_try_advisory|lo_|pg_sleep|pg_notify$|pg_logical_emit_message$|pg_export_snapshot$)'
               OR p.proname IN ('loread', 'lowrite', 'lowrite') OR p.proname ~ '_to_xml')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', v_function);
    END LOOP;
END $$;
-- ours count contacts with one number one after the other
GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_xact_lock(bigint) TO iduo_owner;
-- so that nobody guesses, from the locks that are held, whose number somebody is about to dial
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_lock_status() FROM PUBLIC;
REVOKE SELECT ON pg_catalog.pg_locks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_lock_status() TO iduo_guard, pg_read_all_stats;
GRANT SELECT ON pg_catalog.pg_locks TO iduo_guard, pg_read_all_stats;
-- nor learns, from how many rows a search touched, whether there is somebody whom it then refuses to show, or shows and counts
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ^@ 'pg_stat_get_'
            AND p.proname !~ '^pg_stat_get_(activity|progress_info|backend_(?!io$|wal$))'
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', v_function);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pg_read_all_stats', v_function);
    END LOOP;
END $$;
