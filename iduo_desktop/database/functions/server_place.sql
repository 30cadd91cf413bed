-- Which server this is: how one that another took the place of is told apart when it comes back.
SET LOCAL ROLE iduo_owner;

-- Whoever promotes a server makes its timeline one longer. `system` is made with the server, and again by pg_upgrade and by a
-- restored dump; iduo.lineage is what IT says when a copy goes on from an earlier moment (iduo-admin database promoted --restored).
CREATE FUNCTION api.server_place()
RETURNS TABLE (system text, timeline bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('newcomer', 'job');
    RETURN QUERY SELECT concat_ws('/', s.system_identifier::text, (
            SELECT split_part(c, '=', 2) FROM pg_catalog.pg_db_role_setting d
                JOIN pg_catalog.pg_database b ON b.oid = d.setdatabase, unnest(d.setconfig) c
            WHERE b.datname = current_database() AND d.setrole = 0 AND c LIKE 'iduo.lineage=%'
        )), ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::bigint
    FROM pg_control_system() s;
END $$;
GRANT EXECUTE ON FUNCTION api.server_place TO iduo_user, iduo_job;
RESET ROLE;
