-- Persons in a list by name, and who may be the same one: owned by iduo_search, because row security would switch the indexes off;
-- it reads the searched columns only, and filters by what the person may see: here, all who work here.
GRANT SELECT (id, birth_date) ON iduo.contact TO iduo_search;
GRANT SELECT (form_id) ON iduo.contact_section TO iduo_search;
SET LOCAL ROLE iduo_search;

-- Where each person of a page stands: position is [key, id], a JSON array that sorts as the list does.
CREATE OR REPLACE FUNCTION iduo.contact_positions(p_text text, p_open_only boolean, p_after jsonb, p_limit integer)
RETURNS TABLE (id bigint, "position" jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_from text := ' ' || iduo.fold(left(p_text, 200));
    v_key text := p_after ->> 0;
    v_last bigint := (p_after ->> 1)::bigint;
BEGIN
    IF p_open_only THEN
        RETURN QUERY SELECT c.id, jsonb_build_array(c.person_key, c.id) FROM iduo.contact c
            WHERE c.id IN (SELECT k.contact_id FROM iduo.case k WHERE k.state = 'open' AND k.contact_id IS NOT NULL) AND c.merged_into IS NULL
              AND (v_from = ' ' OR c.search_text COLLATE "C" ^@ v_from)
              AND (v_last IS NULL OR (c.person_key COLLATE "C", c.id) > (v_key, v_last))
            ORDER BY c.person_key COLLATE "C", c.id LIMIT p_limit;
    ELSIF v_from = ' ' THEN
        RETURN QUERY SELECT c.id, jsonb_build_array(c.person_key, c.id) FROM iduo.contact c
            WHERE c.merged_into IS NULL AND (v_last IS NULL OR (c.person_key COLLATE "C", c.id) > (v_key, v_last))
            ORDER BY c.person_key COLLATE "C", c.id LIMIT p_limit;
    ELSE
        RETURN QUERY SELECT c.id, jsonb_build_array(c.search_text, c.id) FROM iduo.contact c
            WHERE c.merged_into IS NULL AND c.search_text COLLATE "C" ^@ v_from
              AND (v_last IS NULL OR (c.search_text COLLATE "C", c.id) > (v_key, v_last))
            ORDER BY c.search_text COLLATE "C", c.id LIMIT p_limit;
    END IF;
END $$;

-- Who has a telephone, a document, a mail address, or a name (and, where both are known, the year of birth) of these.
CREATE OR REPLACE FUNCTION iduo.same_persons(p_surname text, p_names text, p_document text, p_phone_keys text[], p_emails text[], p_birth_date date,
                                             p_except bigint, p_most integer)
RETURNS TABLE (contact_id bigint, why text)
LANGUAGE plpgsql STABLE ROWS 8 SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_name text := ' ' || iduo.fold(p_surname || ' ' || p_names);
BEGIN
    RETURN QUERY SELECT x.id, string_agg(x.why, ' y ' ORDER BY x.rank) FROM (
        (SELECT p.contact_id AS id, 'el mismo teléfono' AS why, 1 AS rank FROM iduo.contact_phone p
            WHERE p.search_key COLLATE "C" = ANY (p_phone_keys) AND p.search_key <> '' AND NOT p.removed LIMIT 50)
        UNION (SELECT c.id, 'el mismo documento', 2 FROM iduo.contact c
            WHERE p_document <> '' AND c.document <> '' AND c.document COLLATE "C" = p_document LIMIT 50)
        UNION (SELECT m.contact_id, 'el mismo mail', 3 FROM iduo.contact_email m
            WHERE lower(m.address) COLLATE "C" = ANY (p_emails) AND m.address <> '' AND NOT m.removed LIMIT 50)
        -- the beginning of the name is enough: «Ana» and «Ana María» may be one
        UNION (SELECT c.id, CASE WHEN p_birth_date IS NULL OR c.birth_date IS NULL THEN 'el mismo nombre' ELSE 'el mismo nombre y año de nacimiento' END, 4
            FROM iduo.contact c WHERE length(iduo.fold(p_surname)) >= 2 AND length(iduo.fold(p_names)) >= 2
              AND c.merged_into IS NULL AND c.search_text COLLATE "C" ^@ v_name
              AND (p_birth_date IS NULL OR c.birth_date IS NULL OR extract(year FROM c.birth_date) = extract(year FROM p_birth_date)) LIMIT 20)
    ) x WHERE x.id IS DISTINCT FROM p_except AND NOT EXISTS (SELECT FROM iduo.contact c WHERE c.id = x.id AND c.merged_into IS NOT NULL)
    GROUP BY x.id ORDER BY count(*) DESC, min(x.rank), x.id LIMIT p_most;
END $$;
-- How often a section was filled, counted up to 10,001: an administrator may know that, and not what was said.
CREATE OR REPLACE FUNCTION iduo.sections_filled(p_form integer) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT count(*) FROM (SELECT s.form_id FROM iduo.contact_section s WHERE s.form_id = p_form LIMIT 10001) t
$$;
GRANT EXECUTE ON FUNCTION iduo.sections_filled(integer), iduo.contact_positions(text, boolean, jsonb, integer),
    iduo.same_persons(text, text, text, text[], text[], date, bigint, integer) TO iduo_owner;
RESET ROLE;
SET LOCAL ROLE iduo_owner;

-- A position of contact_positions, or none.
CREATE OR REPLACE FUNCTION iduo.need_contact_cursor(p_after jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_after IS NOT NULL AND NOT (jsonb_typeof(p_after -> 0) = 'string' AND jsonb_typeof(p_after -> 1) = 'number') IS TRUE
        OR NOT pg_input_is_valid(p_after ->> 1, 'bigint') THEN
        PERFORM iduo.refuse('Esa página ya no se entiende: volvé a abrir la lista.');
    END IF;
END $$;

CREATE FUNCTION api.contact_page(p_text text DEFAULT '', p_open_only boolean DEFAULT false, p_after jsonb DEFAULT NULL, p_limit integer DEFAULT 200)
RETURNS TABLE (id bigint, person text, document text, phone text, company text, open_cases integer, next_at timestamptz, flags text, version integer,
               "position" text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_positions jsonb[];
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    PERFORM iduo.need_contact_cursor(p_after);
    SELECT array_agg(p.id), array_agg(p."position") INTO v_ids, v_positions
    FROM iduo.contact_positions(coalesce(p_text, ''), coalesce(p_open_only, false), p_after, greatest(1, least(coalesce(p_limit, 200), 200))) p;
    RETURN QUERY
        SELECT c.id, c.person, c.document,
               coalesce((SELECT p.typed FROM iduo.contact_phone p WHERE p.contact_id = c.id AND NOT p.removed ORDER BY p.id LIMIT 1), ''),
               coalesce(o.client, ''), coalesce(k.count, 0)::integer, n.at,
               coalesce((SELECT string_agg(f ->> 'text', ' · ') FROM jsonb_array_elements(iduo.flags_of(c.id)) f), ''), c.version, l."position"::text
        FROM unnest(v_ids, v_positions) WITH ORDINALITY AS l(id, "position", n)
        JOIN iduo.contact c ON c.id = l.id LEFT JOIN iduo.company o ON o.id = c.company_id
        LEFT JOIN LATERAL (SELECT count(*) AS count FROM iduo.case x WHERE x.contact_id = c.id AND x.state = 'open') k ON true
        LEFT JOIN LATERAL iduo.next_with(c.id) n ON true
        ORDER BY l.n;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

CREATE FUNCTION api.like_contacts(p_surname text, p_names text, p_document text, p_phone_key text, p_email text, p_birth_date date,
                                  p_except_id bigint DEFAULT NULL)
RETURNS TABLE (contact_id bigint, person text, document text, phone text, birth_date date, why text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    RETURN QUERY SELECT c.id, c.person, c.document,
               coalesce((SELECT p.typed FROM iduo.contact_phone p WHERE p.contact_id = c.id AND NOT p.removed ORDER BY p.id LIMIT 1), ''), c.birth_date, s.why
        FROM iduo.same_persons(left(coalesce(p_surname, ''), 120), left(coalesce(p_names, ''), 120),
                               upper(regexp_replace(left(coalesce(p_document, ''), 40), '[^0-9A-Za-z]', '', 'g')), ARRAY[left(coalesce(p_phone_key, ''), 20)],
                               ARRAY[lower(btrim(left(coalesce(p_email, ''), 254)))], p_birth_date, p_except_id, 8) WITH ORDINALITY AS s(id, why, n)
        JOIN iduo.contact c ON c.id = s.id ORDER BY s.n;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

-- Who may be the same person as this one, in the shape of the record.
CREATE OR REPLACE FUNCTION iduo.duplicates_of(p_contact iduo.contact) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('contact_id', c.id, 'person', c.person, 'document', c.document, 'phone',
            coalesce((SELECT p.typed FROM iduo.contact_phone p WHERE p.contact_id = c.id AND NOT p.removed ORDER BY p.id LIMIT 1), ''),
            'birth_date', c.birth_date, 'why', s.why) ORDER BY s.n), '[]')
    FROM iduo.same_persons(p_contact.surname, p_contact.names, p_contact.document,
        ARRAY(SELECT p.search_key FROM iduo.contact_phone p WHERE p.contact_id = p_contact.id AND NOT p.removed),
        ARRAY(SELECT lower(m.address) FROM iduo.contact_email m WHERE m.contact_id = p_contact.id AND NOT m.removed),
        p_contact.birth_date, p_contact.id, 5) WITH ORDINALITY AS s(id, why, n) JOIN iduo.contact c ON c.id = s.id
$$;
GRANT EXECUTE ON FUNCTION api.contact_page TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.like_contacts TO iduo_operator, iduo_coordinator;
RESET ROLE;
