-- The six lists: rows in work order or sorted, by keyset; how many there are; what they can be filtered by.
SET LOCAL ROLE iduo_owner;

-- Where each case of a page stands: position is [part, key, id, moment], a JSON array that sorts as the list does.
-- The fragments below are constants chosen by CASE; every value travels as a parameter.
CREATE OR REPLACE FUNCTION iduo.case_positions(p_list text, p_filter jsonb, p_sort text, p_descending boolean, p_after jsonb,
                                               p_only bigint[], p_limit integer)
RETURNS TABLE (id bigint, "position" jsonb)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_moment timestamptz;
    v_clients bigint[] := CASE WHEN btrim(coalesce(p_filter ->> 'text', '')) <> '' THEN iduo.matching_companies(p_filter ->> 'text', p_list) END;
    v_persons bigint[] := CASE WHEN v_clients IS NOT NULL THEN iduo.matching_persons(p_filter ->> 'text', p_list) END;
    v_lapse timestamptz := iduo.lapse();
    v_today date := iduo.today();
    v_midnight timestamptz := v_today::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires';
    v_where text := CASE p_list WHEN 'mine' THEN $q$ c.state = 'open' AND c.assigned_to = session_user $q$
                                WHEN 'closed' THEN $q$ c.state = 'closed' $q$
                                ELSE $q$ c.state = 'open' AND c.list = $1 $q$ END || $q$
        AND ($2 ->> 'plan' IS NULL OR c.plan = $2 ->> 'plan')
        AND ($2 ->> 'locality' IS NULL OR c.locality = $2 ->> 'locality')
        AND ($2 -> 'extended' IS DISTINCT FROM 'true' OR c.extended_until >= $10)
        AND ($2 -> 'extended' IS DISTINCT FROM 'false' OR c.extended_until IS NULL OR c.extended_until < $10)
        AND ($2 -> 'not_contacted_today' IS DISTINCT FROM 'true' OR c.last_contact_at IS NULL OR c.last_contact_at < $3)
        AND ($2 -> 'free' IS DISTINCT FROM 'true' OR c.assigned_to IS NULL OR c.touched_at < $9)
        $q$ || CASE WHEN p_filter -> 'never_contacted' = 'true' THEN $q$ AND c.last_contact_at IS NULL AND c.work_key = to_timestamp(0) $q$ ELSE '' END
        || CASE WHEN p_filter ->> 'level' = '0' THEN $q$ AND coalesce(c.company_id, -c.contact_id) <> ALL ($12) $q$ ELSE '' END || $q$
        AND $q$ || CASE WHEN v_persons <> '{}' THEN $q$ (c.company_id = ANY ($4) OR c.contact_id = ANY ($11)) $q$
                        ELSE $q$ ($4 IS NULL OR c.company_id = ANY ($4)) $q$ END || $q$ AND ($5 IS NULL OR c.id = ANY ($5)) $q$;
    v_contacted bigint[];
    v_query text;
    v_key text;
    v_type text;
    v_count integer;
BEGIN
    SELECT k.key, k.type INTO v_key, v_type FROM (VALUES
        ('work', CASE p_list WHEN 'closed' THEN 'c.closed_at' ELSE 'c.work_key' END, 'timestamptz'), ('client', 'c.client_key COLLATE "C"', 'text'),
        ('debt', 'c.debt_key', 'bigint'), ('cutoff', 'c.cutoff_key', 'date'), ('contact', 'c.work_key', 'timestamptz')) AS k(sort, key, type)
    WHERE k.sort = p_sort;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa lista no se puede ordenar así.');
    ELSIF jsonb_typeof(p_filter) <> 'object' OR p_after IS NOT NULL AND NOT coalesce(
        p_after ->> 0 IN ('0', '1') AND pg_input_is_valid(p_after ->> 1, v_type) AND pg_input_is_valid(p_after ->> 2, 'bigint')
        AND pg_input_is_valid(p_after ->> 3, 'timestamptz'), false) THEN
        PERFORM iduo.refuse('Esa página ya no se entiende: volvé a abrir la lista.');
    END IF;
    v_moment := coalesce((p_after ->> 3)::timestamptz, clock_timestamp());
    IF p_filter ->> 'level' = '0' THEN
        v_contacted := iduo.parties_of(1, 5, p_only);
    ELSIF p_filter ->> 'level' IS NOT NULL THEN
        p_only := iduo.cases_at_level(p_list, p_filter ->> 'level', p_only);
    END IF;
    IF p_sort = 'work' AND p_list <> 'closed' THEN
        IF coalesce((p_after ->> 0)::integer, 0) = 0 THEN
            RETURN QUERY EXECUTE $q$
                SELECT c.id, jsonb_build_array(0, iduo.iso(c.next_action_at), c.id, iduo.iso($8)) FROM iduo.case c
                WHERE c.next_action_at <= $8 AND ($6 IS NULL OR (c.next_action_at, c.id) > (($6 ->> 1)::timestamptz, ($6 ->> 2)::bigint)) AND $q$
                || v_where || $q$ ORDER BY c.next_action_at, c.id LIMIT $7 $q$
                USING p_list, p_filter, v_midnight, v_clients, p_only, p_after, p_limit, v_moment, v_lapse, v_today, v_persons, v_contacted;
            GET DIAGNOSTICS v_count = ROW_COUNT;
            p_limit := p_limit - v_count;
            p_after := NULL;
        END IF;
        v_query := $q$
            SELECT c.id, jsonb_build_array(1, iduo.iso(c.work_key), c.id, iduo.iso($8)) FROM iduo.case c
            WHERE (c.next_action_at IS NULL OR c.next_action_at > $8)
              AND ($6 IS NULL OR (c.work_key, c.id) > (($6 ->> 1)::timestamptz, ($6 ->> 2)::bigint)) AND $q$
            || v_where || $q$ ORDER BY c.work_key, c.id LIMIT $7 $q$;
    ELSE
        p_descending := p_descending <> (p_sort = 'work');  -- closed cases: the newest first
        v_query := format($q$
            SELECT c.id, jsonb_build_array(0, %1$s, c.id, iduo.iso($8)) FROM iduo.case c
            WHERE ($6 IS NULL OR (%2$s, c.id) %3$s (($6 ->> 1)::%4$s, ($6 ->> 2)::bigint)) AND %5$s
            ORDER BY %2$s %6$s, c.id %6$s LIMIT $7 $q$,
            CASE v_type WHEN 'timestamptz' THEN format('iduo.iso(%s)', v_key) ELSE v_key END, v_key,
            CASE WHEN p_descending THEN '<' ELSE '>' END, v_type, v_where, CASE WHEN p_descending THEN 'DESC' ELSE 'ASC' END);
    END IF;
    RETURN QUERY EXECUTE v_query USING p_list, p_filter, v_midnight, v_clients, p_only, p_after, p_limit, v_moment, v_lapse, v_today, v_persons, v_contacted;
END $$;

-- Who was contacted so much lately; for the cases that are asked for only, if any are: -contact for a person in cases of his own.
CREATE OR REPLACE FUNCTION iduo.parties_of(p_least integer, p_most integer, p_only bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_companies bigint[];
    v_persons bigint[];
BEGIN
    IF p_only IS NOT NULL THEN
        v_companies := ARRAY(SELECT DISTINCT c.company_id FROM iduo.case c WHERE c.id = ANY (p_only) AND c.company_id IS NOT NULL);
        v_persons := ARRAY(SELECT DISTINCT c.contact_id FROM iduo.case c WHERE c.id = ANY (p_only) AND c.company_id IS NULL);
    END IF;
    RETURN ARRAY(SELECT l.party FROM iduo.levels(v_companies, v_persons) l WHERE l.level BETWEEN p_least AND p_most);
END $$;

-- The cases of a list whose clients are at a level from 1 on: these stand at its end, so they are looked up first.
CREATE OR REPLACE FUNCTION iduo.cases_at_level(p_list text, p_level text, p_only bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    v_level integer := CASE WHEN p_level ~ '^[1-5]$' THEN p_level::integer END;
    v_parties bigint[];
    v_companies bigint[];
    v_persons bigint[];
BEGIN
    IF v_level IS NULL THEN
        PERFORM iduo.refuse('Los niveles van de 0 a 5.');
    END IF;
    v_parties := iduo.parties_of(v_level, v_level, p_only);
    v_companies := ARRAY(SELECT p FROM unnest(v_parties) p WHERE p > 0);
    v_persons := ARRAY(SELECT -p FROM unnest(v_parties) p WHERE p < 0);
    RETURN ARRAY(
        SELECT c.id FROM iduo.case c WHERE c.company_id = ANY (v_companies) AND (p_only IS NULL OR c.id = ANY (p_only))
            AND CASE p_list WHEN 'closed' THEN c.state = 'closed' ELSE c.state = 'open' AND (p_list = 'mine' OR c.list = p_list) END
        UNION ALL
        SELECT c.id FROM iduo.case c WHERE c.contact_id = ANY (v_persons) AND c.company_id IS NULL AND (p_only IS NULL OR c.id = ANY (p_only))
            AND CASE p_list WHEN 'closed' THEN c.state = 'closed' ELSE c.state = 'open' AND (p_list = 'mine' OR c.list = p_list) END);
END $$;

CREATE FUNCTION api.cases(p_list text, p_filter jsonb DEFAULT '{}', p_sort text DEFAULT 'work', p_descending boolean DEFAULT false,
                          p_after jsonb DEFAULT NULL, p_only bigint[] DEFAULT NULL, p_limit integer DEFAULT 200)
RETURNS TABLE (id bigint, company_id bigint, company_number bigint, client text, list text, closed boolean, assigned_to text, holder text,
               debt numeric, cutoff_date date, extended_until date, plan text, locality text,
               level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer, paused_until timestamptz,
               last_contact_at timestamptz, next_action_at timestamptz, move_reason text, move_until date, withdrawn_on date,
               closed_at timestamptz, closed_by text, closing_reason text, closing_status text, viewers text, version integer, "position" text,
               promotion text, contact_id bigint, priority text, risk text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_positions jsonb[];
    v_clients bigint[];
    v_persons bigint[];
    v_lapse timestamptz;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    IF p_list IS NULL OR p_list NOT IN ('mine', 'suspended', 'delinquent', 'withdrawn', 'active', 'closed') THEN
        PERFORM iduo.refuse('Esa lista no existe.');
    END IF;
    SELECT array_agg(p.id), array_agg(p."position") INTO v_ids, v_positions
    FROM iduo.case_positions(p_list, coalesce(p_filter, '{}'), p_sort, p_descending, p_after, p_only,
                             greatest(1, least(coalesce(p_limit, 200), 200))) p;
    v_lapse := iduo.lapse();
    v_clients := ARRAY(SELECT DISTINCT c.company_id FROM iduo.case c WHERE c.id = ANY (v_ids) AND c.company_id IS NOT NULL);
    v_persons := ARRAY(SELECT DISTINCT c.contact_id FROM iduo.case c WHERE c.id = ANY (v_ids) AND c.company_id IS NULL);
    RETURN QUERY
        SELECT c.id, c.company_id, o.number, coalesce(o.client, n.person), c.list, c.state = 'closed', h.login, h.full_name,
               c.debt, c.cutoff_date, c.extended_until, c.plan, c.locality,
               coalesce(p.level, 0), coalesce(p.attempts, 0), coalesce(p.calls, 0), coalesce(p.whatsapps, 0), coalesce(p.emails, 0),
               coalesce(p.sms, 0), p.paused_until,
               c.last_contact_at, c.next_action_at, c.move_reason, c.move_until,
               CASE WHEN o.service_status = 'withdrawn' THEN o.status_since END,
               c.closed_at, (SELECT s.full_name FROM iduo.staff s WHERE s.login = c.closed_by), c.closing_reason, c.closing_status,
               (SELECT coalesce(string_agg(s.full_name, ', ' ORDER BY s.full_name), '') FROM iduo.presence v
                JOIN iduo.staff s ON s.login = v.login WHERE v.case_id = c.id AND v.until > clock_timestamp() AND v.login <> session_user),
               c.version, l."position"::text, s.title, c.contact_id, c.priority, c.risk
        FROM unnest(v_ids, v_positions) WITH ORDINALITY AS l(id, "position", n)
        JOIN iduo.case c ON c.id = l.id
        LEFT JOIN iduo.company o ON o.id = c.company_id
        LEFT JOIN iduo.contact n ON n.id = c.contact_id
        LEFT JOIN iduo.staff h ON h.login = c.assigned_to AND (c.touched_at >= v_lapse OR c.assigned_to = session_user)
        -- one key for clients and persons: an OR could not be hashed
        LEFT JOIN iduo.pressures(v_clients, v_persons) p ON coalesce(p.company_id, -p.contact_id) = coalesce(c.company_id, -c.contact_id)
        LEFT JOIN iduo.suggestions(CASE p_list WHEN 'active' THEN v_ids END) s ON s.case_id = c.id
        ORDER BY l.n;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    IF p_list = 'mine' THEN  -- those are no more than one may have open
        PERFORM iduo.count_unsettled_rows(v_rows);
    ELSE
        PERFORM iduo.count_rows_read(v_rows);
    END IF;
END $$;

CREATE FUNCTION api.case_counts()
RETURNS TABLE (list text, count integer, capped boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT x.list, least(x.n, 10000)::integer, x.n > 10000 FROM (
            SELECT 'mine', (SELECT count(*) FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = session_user)
            UNION ALL SELECT s, (SELECT count(*) FROM (SELECT FROM iduo.case c WHERE c.state = 'open' AND c.list = s LIMIT 10001) t)
            FROM unnest(ARRAY['suspended', 'delinquent', 'withdrawn', 'active']) s
            UNION ALL SELECT 'closed', (SELECT count(*) FROM (SELECT FROM iduo.case c WHERE c.state = 'closed' LIMIT 10001) t)
        ) AS x(list, n);
END $$;

CREATE FUNCTION api.case_filter_choices()
RETURNS TABLE (field text, value text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_list text;
    v_value text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    -- skips from value to value through the list indexes: a DISTINCT would read every case
    FOREACH v_list IN ARRAY ARRAY['suspended', 'delinquent', 'withdrawn', 'active'] LOOP
        v_value := '';
        FOR i IN 1..200 LOOP
            SELECT c.plan INTO v_value FROM iduo.case c WHERE c.state = 'open' AND c.list = v_list AND c.plan > v_value ORDER BY c.plan LIMIT 1;
            EXIT WHEN NOT FOUND;
            field := 'plan'; value := v_value; RETURN NEXT;
        END LOOP;
        v_value := '';
        FOR i IN 1..500 LOOP
            SELECT c.locality INTO v_value FROM iduo.case c WHERE c.state = 'open' AND c.list = v_list AND c.locality > v_value ORDER BY c.locality LIMIT 1;
            EXIT WHEN NOT FOUND;
            field := 'locality'; value := v_value; RETURN NEXT;
        END LOOP;
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION api.cases, api.case_counts, api.case_filter_choices TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
