-- Clients found by whatever is typed. Owned by iduo_search, because row security would switch the indexes off;
-- it reads the searched columns only, and each function filters by what the person may see: here, all who work here.
GRANT SELECT (id, number, search_text, document, tax_id, client, client_key, locality, service_status, management_unit, unit_key, unit_digits)
    ON iduo.company TO iduo_search;
GRANT SELECT (company_id, search_key, removed) ON iduo.company_phone TO iduo_search;
GRANT SELECT (id, company_id, list, state, assigned_to) ON iduo.case TO iduo_search;
GRANT SELECT (login, active, must_change_password, area_code) ON iduo.staff TO iduo_search;
GRANT SELECT ON iduo.setting TO iduo_search;
GRANT EXECUTE ON FUNCTION iduo.require, iduo.need_usual_settings TO iduo_search;
SET LOCAL ROLE iduo_search;

-- Ids of at most 500 clients (of a list: 1000), with why: number, document, telephone, or every word of the name.
CREATE OR REPLACE FUNCTION iduo.company_matches(p_text text, p_list text) RETURNS TABLE (company_id bigint, why text, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_text text := left(coalesce(p_text, ''), 200);
    v_digits text := regexp_replace(v_text, '\D', '', 'g');
    v_words text[] := ARRAY(SELECT w FROM unnest(string_to_array(iduo.fold(v_text), ' ')) w WHERE w <> '' LIMIT 6);
    v_area text := coalesce(nullif((SELECT s.area_code FROM iduo.staff s WHERE s.login = session_user), ''),
                            (SELECT s.value #>> '{}' FROM iduo.setting s WHERE s.name = 'area_code'), '');
    -- every word begins with a blank there, so that also words of two letters are found by the index
    v_first text := '% ' || v_words[1] || '%';
    v_second text := '% ' || v_words[2] || '%';
    v_third text := '% ' || v_words[3] || '%';
BEGIN
    IF v_text ~ '^[\d\s.+()/#-]+$' AND length(v_digits) BETWEEN 1 AND 20 THEN
        RETURN QUERY SELECT n.company_id, n.why, n.rank FROM iduo.number_matches(v_text) n;
        IF length(v_digits) >= 5 THEN
            RETURN QUERY (SELECT c.id, 'documento ' || c.document, 2 FROM iduo.company c
                WHERE c.document <> '' AND c.document COLLATE "C" ^@ v_digits LIMIT 100);
            RETURN QUERY (SELECT c.id, 'CUIT ' || c.tax_id, 3 FROM iduo.company c
                WHERE c.tax_id <> '' AND c.tax_id COLLATE "C" ^@ v_digits LIMIT 100);
        END IF;
        IF length(v_digits) >= 6 THEN
            RETURN QUERY (SELECT p.company_id, 'teléfono', 4 FROM iduo.company_phone p
                WHERE p.search_key COLLATE "C" = ANY (iduo.phone_keys(v_digits, v_area)) AND NOT p.removed LIMIT 100);
        END IF;
    ELSIF length(v_words[1]) >= 2 THEN
        RETURN QUERY SELECT n.company_id, n.why, n.rank FROM iduo.number_matches(v_text) n;
        RETURN QUERY (SELECT c.id, 'nombre', CASE WHEN c.search_text ^@ (' ' || v_words[1]) THEN 5 ELSE 6 END FROM iduo.company c
            WHERE c.search_text LIKE v_first AND (v_second IS NULL OR c.search_text LIKE v_second) AND (v_third IS NULL OR c.search_text LIKE v_third)
              AND (p_list IS DISTINCT FROM 'mine' OR c.id IN (SELECT k.company_id FROM iduo.case k WHERE k.state = 'open' AND k.assigned_to = session_user))
              -- asked for one client after the other (LIMIT), so that the first 1000 suffice
              AND (p_list IS DISTINCT FROM 'closed' OR (SELECT true FROM iduo.case k WHERE k.company_id = c.id AND k.state = 'closed' LIMIT 1))
              AND (p_list IS NULL OR p_list IN ('mine', 'closed')
                   OR (SELECT true FROM iduo.case k WHERE k.company_id = c.id AND k.state = 'open' AND k.list = p_list LIMIT 1))
            LIMIT CASE WHEN p_list IS NULL THEN 500 ELSE 1000 END);
    END IF;
END $$;

-- Companies that a typed number fits: their own number, or their management unit's ("4" and "ug4" find UG-04), of a unit at most 50.
CREATE OR REPLACE FUNCTION iduo.number_matches(p_text text) RETURNS TABLE (company_id bigint, why text, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_text text := left(coalesce(p_text, ''), 60);
    v_digits text := regexp_replace(v_text, '[^0-9]', '', 'g');
    v_number text := ltrim(v_digits, '0');
    v_key text := iduo.fold(v_text);
    v_letters text := replace((regexp_match(v_key, '^[a-z ]*[a-z]'))[1], ' ', '');
BEGIN
    IF v_text ~ '^[0-9\s.+()/#-]+$' AND length(v_number) BETWEEN 1 AND 12 THEN
        RETURN QUERY SELECT c.id, 'número ' || c.number, 0 FROM iduo.company c WHERE c.number = v_number::bigint;
    END IF;
    IF v_number <> '' THEN
        RETURN QUERY (SELECT c.id, 'unidad de gestión ' || c.management_unit, 1 FROM iduo.company c
            WHERE c.unit_digits = v_number AND c.unit_digits <> '' AND (v_letters IS NULL OR replace(c.unit_key, ' ', '') ^@ v_letters) ORDER BY c.number LIMIT 50);
    ELSIF length(v_key) >= 3 THEN
        RETURN QUERY (SELECT c.id, 'unidad de gestión ' || c.management_unit, 1 FROM iduo.company c
            WHERE c.unit_key COLLATE "C" ^@ v_key AND c.unit_key <> '' ORDER BY c.number LIMIT 50);
    END IF;
END $$;

-- What the stored key of a typed number may be: its last ten national digits without 54, 9, 0 and 15, the default area in front.
CREATE OR REPLACE FUNCTION iduo.phone_keys(p_digits text, p_area text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = '' AS $$
    WITH national AS (
        SELECT regexp_replace(regexp_replace(regexp_replace(p_digits, '^(00)?54', ''), '^9(?=\d{10}$)', ''), '^0', '') AS n
    )
    SELECT array_agg(DISTINCT right(k, 10)) FROM national,
        unnest(ARRAY[n, p_area || regexp_replace(n, '^15', ''), regexp_replace(n, '^(\d{2})15(?=\d{8}$)', '\1'),
                     regexp_replace(n, '^(\d{3})15(?=\d{7}$)', '\1'), regexp_replace(n, '^(\d{4})15(?=\d{6}$)', '\1')]) k
$$;

CREATE OR REPLACE FUNCTION iduo.matching_companies(p_text text, p_list text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(array_agg(DISTINCT m.company_id), '{}') FROM iduo.company_matches(p_text, p_list) m
$$;

CREATE FUNCTION api.find_companies(p_text text, p_limit integer DEFAULT 8)
RETURNS TABLE (company_id bigint, number bigint, client text, document text, locality text, service_status text, case_id bigint,
               case_list text, why text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT c.id, c.number, c.client, CASE WHEN c.document <> '' THEN c.document ELSE c.tax_id END, c.locality, c.service_status,
               k.id, k.list, m.why
        FROM (SELECT DISTINCT ON (x.company_id) x.* FROM iduo.company_matches(p_text, NULL) x ORDER BY x.company_id, x.rank) m
        JOIN iduo.company c ON c.id = m.company_id
        LEFT JOIN LATERAL (SELECT a.id, a.list FROM iduo.case a WHERE a.company_id = c.id AND a.state = 'open' ORDER BY a.id DESC LIMIT 1) k ON true
        ORDER BY m.rank, c.client_key COLLATE "C", c.id LIMIT greatest(1, least(p_limit, 50));
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;
GRANT EXECUTE ON FUNCTION api.find_companies TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION iduo.matching_companies(text, text), iduo.company_matches(text, text), iduo.phone_keys(text, text), iduo.number_matches(text)
    TO iduo_owner;
RESET ROLE;
