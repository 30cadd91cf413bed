-- Who reads more than anybody's work needs: told to coordinators while it happens, and noted by the guard, so that it stays known.
SET LOCAL ROLE iduo_owner;

-- Those of this hour by their counters, whether or not a guard runs; those of the last day as they were noted.
CREATE FUNCTION api.great_readers()
RETURNS TABLE (login text, name text, hour timestamptz, rows integer, allowed integer, refused integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY SELECT DISTINCT ON (g.hour, g.login) g.login, iduo.name_of(g.login), g.hour, g.rows, g.allowed, g.refused FROM (
            SELECT 1 AS place, r.* FROM iduo.great_readers() r
            UNION ALL SELECT 2, e.login, e.hour, e.rows, e.allowed, e.refused FROM iduo.read_excess e WHERE e.hour > clock_timestamp() - interval '1 day'
        ) g ORDER BY g.hour DESC, g.login, g.place LIMIT 100;
END $$;

-- Once for each person and hour, again when he is first refused, and then ever more seldom.
CREATE OR REPLACE FUNCTION iduo.note_great_readers() RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    INSERT INTO iduo.read_excess AS e (login, hour, rows, allowed, refused) SELECT r.login, r.hour, r.rows, r.allowed, r.refused FROM iduo.great_readers() r
    ON CONFLICT (login, hour) DO UPDATE SET rows = excluded.rows, allowed = excluded.allowed, refused = excluded.refused
    WHERE excluded.refused > 2 * e.refused;
END $$;
GRANT EXECUTE ON FUNCTION api.great_readers TO iduo_coordinator, iduo_admin;
RESET ROLE;
