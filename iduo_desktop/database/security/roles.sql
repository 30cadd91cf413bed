-- The roles of the server. Run by a superuser, before anything else; may be run again at any time.
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['iduo_owner', 'iduo_audit', 'iduo_useradmin', 'iduo_search', 'iduo_user',
                                  'iduo_operator', 'iduo_coordinator', 'iduo_admin', 'iduo_answerer'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        END IF;
    END LOOP;
    FOREACH v_role IN ARRAY ARRAY['iduo_guard', 'iduo_gateway', 'iduo_job', 'iduo_chat'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 8', v_role);
        END IF;
    END LOOP;
END $$;

ALTER ROLE iduo_useradmin CREATEROLE;
ALTER ROLE iduo_search BYPASSRLS;

GRANT iduo_user TO iduo_operator, iduo_coordinator, iduo_admin, iduo_answerer WITH INHERIT TRUE, SET FALSE;
GRANT iduo_operator, iduo_coordinator, iduo_admin, iduo_answerer TO iduo_useradmin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
-- iduo_useradmin lists and ends the sessions of a person; iduo_guard those of everybody who hinders the others
GRANT pg_read_all_stats, pg_signal_backend TO iduo_useradmin WITH INHERIT TRUE, SET FALSE;
GRANT pg_read_all_stats, pg_signal_backend TO iduo_guard WITH INHERIT TRUE, SET FALSE;
