-- When nobody is contacted: hours of the week for each purpose, and holidays.
SET LOCAL ROLE iduo_owner;

-- Whether nobody is contacted at a moment (holiday, quiet), and until when that is so.
CREATE OR REPLACE FUNCTION iduo.quiet_at(p_policy iduo.contact_policy, p_at timestamptz, OUT why text, OUT until timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_local timestamp := p_at AT TIME ZONE 'America/Argentina/Buenos_Aires';
    v_day date := v_local::date;
    v_ends integer;
BEGIN
    IF p_policy.holidays_quiet AND EXISTS (SELECT FROM iduo.holiday h WHERE h.day = v_day) THEN
        why := 'holiday';
        until := iduo.midnight(v_day + 1);
    ELSIF iduo.setting('quiet_hours_on')::boolean THEN
        SELECT max(q.ends) INTO v_ends FROM iduo.quiet_hours q WHERE q.purpose = p_policy.purpose AND q.weekday = extract(isodow FROM v_day)
            AND v_local >= v_day + make_interval(mins => q.starts) AND v_local < v_day + make_interval(mins => q.ends);
        IF v_ends IS NOT NULL THEN
            why := 'quiet';
            until := (v_day + make_interval(mins => v_ends)) AT TIME ZONE 'America/Argentina/Buenos_Aires';
        END IF;
    END IF;
    why := coalesce(why, '');
END $$;

-- The first moment from one on that is not quiet; none within a year is NULL.
CREATE OR REPLACE FUNCTION iduo.first_unquiet(p_policy iduo.contact_policy, p_from timestamptz, p_bound timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_at timestamptz := p_from;
    q record;
BEGIN
    WHILE v_at <= p_bound LOOP
        SELECT * INTO q FROM iduo.quiet_at(p_policy, v_at);
        IF q.why = '' THEN
            RETURN v_at;
        END IF;
        v_at := greatest(q.until, v_at + interval '1 microsecond');
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION api.quiet_hours()
RETURNS TABLE (purpose text, weekday integer, starts integer, ends integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT q.purpose, q.weekday::integer, q.starts::integer, q.ends::integer FROM iduo.quiet_hours q ORDER BY q.purpose, q.weekday, q.starts;
END $$;

CREATE FUNCTION api.save_quiet_hours(p_purpose text, p_weekdays integer[], p_starts integer[], p_ends integer[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM FROM iduo.contact_policy p WHERE p.purpose = p_purpose FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse_field('purpose', 'Esa finalidad no existe.');
    ELSIF coalesce(array_ndims(p_weekdays), 1) <> 1 OR coalesce(array_ndims(p_starts), 1) <> 1 OR coalesce(array_ndims(p_ends), 1) <> 1
        OR cardinality(p_weekdays) IS DISTINCT FROM cardinality(p_starts) OR cardinality(p_weekdays) IS DISTINCT FROM cardinality(p_ends)
        OR coalesce(cardinality(p_weekdays), 1000) > 70 THEN
        PERFORM iduo.refuse_field('weekdays', 'Como mucho 10 horarios por día.');
    ELSIF EXISTS (SELECT FROM unnest(p_weekdays, p_starts, p_ends) AS q(d, s, e)
                  WHERE NOT coalesce(q.d BETWEEN 1 AND 7 AND q.s BETWEEN 0 AND 1439 AND q.e BETWEEN 1 AND 1440 AND q.s < q.e, false)) THEN
        PERFORM iduo.refuse_field('ends', 'Cada horario termina después de empezar, y el mismo día.');
    ELSIF EXISTS (SELECT FROM (SELECT q.s, lag(q.e) OVER (PARTITION BY q.d ORDER BY q.s) AS before FROM unnest(p_weekdays, p_starts, p_ends) AS q(d, s, e)) x
                  WHERE x.s < x.before) THEN
        PERFORM iduo.refuse_field('starts', 'Dos horarios del mismo día se pisan.');
    END IF;
    DELETE FROM iduo.quiet_hours q WHERE q.purpose = p_purpose;
    INSERT INTO iduo.quiet_hours (purpose, weekday, starts, ends) SELECT p_purpose, q.d, q.s, q.e FROM unnest(p_weekdays, p_starts, p_ends) AS q(d, s, e);
END $$;

GRANT EXECUTE ON FUNCTION api.quiet_hours TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.save_quiet_hours TO iduo_admin;
RESET ROLE;
