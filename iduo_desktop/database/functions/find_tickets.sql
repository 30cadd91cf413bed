-- One box for tickets: number, provisional code, document, telephone, company, who it was, words of text and answer; each hit says why.
-- Owned by iduo_search, because row security would switch the indexes off; it reads the searched columns only, and each function
-- filters by what the person may see: here, all tickets for all who have to do with tickets.
GRANT SELECT (id, number, state, at, company_id, company_number, company, contact_id, surname, names, document, phone_key, provisional, surname_key,
              words, person_words) ON iduo.ticket TO iduo_search;
GRANT EXECUTE ON FUNCTION iduo.require, iduo.need_usual_settings TO iduo_search;
SET LOCAL ROLE iduo_search;

-- Ids of at most p_most tickets a way of finding, the newest of each state; of all states, or of one.
CREATE OR REPLACE FUNCTION iduo.ticket_matches(p_text text, p_state text, p_most integer)
RETURNS TABLE (ticket_id bigint, why text, rank integer, capped boolean)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    -- «ticket 104 237», «DNI 24.118.903»: what it is shows by itself
    v_text text := regexp_replace(left(coalesce(p_text, ''), 200),
                                  '^\s*(ticket|nro|n[°º]|número|numero|dni|documento|doc|teléfono|telefono|tel|empresa|cliente)[.:]?\s*(?=[#\d+(])', '', 'i');
    v_code text := upper(regexp_replace(v_text, '[^0-9A-Za-z]', '', 'g'));
    v_digits text := regexp_replace(v_text, '\D', '', 'g');
    v_states text[] := CASE WHEN p_state IS NULL THEN ARRAY['awaiting_communication', 'open', 'awaiting_answer', 'communicated'] ELSE ARRAY[p_state] END;
BEGIN
    IF v_code ~ '^P[0-9A-Z]{8}$' THEN
        v_code := format('P-%s-%s', substr(v_code, 2, 4), substr(v_code, 6, 4));
        RETURN QUERY SELECT t.id, 'código ' || v_code, 1, false FROM iduo.ticket t
            WHERE t.provisional <> '' AND t.provisional = v_code AND t.state = ANY (v_states);
    END IF;
    IF v_text ~ '^[#\d\s.+()/-]+$' AND length(v_digits) BETWEEN 1 AND 20 THEN
        RETURN QUERY SELECT n.* FROM iduo.tickets_of_number(v_digits, v_states) n;
        RETURN QUERY SELECT n.* FROM iduo.tickets_of_digits(v_digits, v_states, p_most) n;
    ELSE
        IF v_code ~ '\d' AND length(v_code) BETWEEN 5 AND 20 THEN
            RETURN QUERY SELECT t.id, 'documento ' || t.document, 3, false FROM iduo.ticket t
                WHERE t.document <> '' AND t.document COLLATE "C" = v_code AND t.state = ANY (v_states) ORDER BY t.id DESC LIMIT p_most;
        END IF;
        RETURN QUERY SELECT n.* FROM iduo.tickets_of_words(v_text, p_state, v_states, p_most) n;
    END IF;
END $$;

-- By number, with or without its check digit; when a digit was misheard, the numbers that were perhaps meant.
CREATE OR REPLACE FUNCTION iduo.tickets_of_number(p_digits text, p_states text[])
RETURNS TABLE (ticket_id bigint, why text, rank integer, capped boolean)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_checked boolean := (SELECT s.value = 'true' FROM iduo.setting s WHERE s.name = 'ticket_check_digit');
    v_meant bigint[];
BEGIN
    IF length(p_digits) > 15 THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT t.id, 'número ' || iduo.spoken_number(t.number, ''), 1, false FROM iduo.ticket t
        WHERE t.number = p_digits::bigint AND t.state = ANY (p_states);
    IF v_checked AND length(p_digits) > 3 THEN
        v_meant := CASE WHEN iduo.damm(p_digits) = 0 THEN ARRAY[left(p_digits, -1)::bigint] ELSE iduo.perhaps_meant(p_digits) END;
        RETURN QUERY SELECT t.id, CASE WHEN iduo.damm(p_digits) = 0 THEN 'número ' || iduo.spoken_number(t.number, right(p_digits, 1))
                                       ELSE format('¿Quisiste decir %s?', iduo.spoken_number(t.number, iduo.damm(t.number::text)::text)) END,
                CASE WHEN iduo.damm(p_digits) = 0 THEN 1 ELSE 2 END, false
            FROM iduo.ticket t WHERE t.number = ANY (v_meant) AND t.state = ANY (p_states);
    END IF;
END $$;

-- Numbers (without check digit) that differ from what was typed in one digit, or in two neighbours changed over, and whose check digit fits.
CREATE OR REPLACE FUNCTION iduo.perhaps_meant(p_digits text) RETURNS bigint[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(array_agg(DISTINCT left(c.typed, -1)::bigint), '{}') FROM (
        SELECT overlay(p_digits PLACING d::text FROM i FOR 1) FROM generate_series(1, length(p_digits)) i, generate_series(0, 9) d
        UNION SELECT overlay(p_digits PLACING reverse(substr(p_digits, i, 2)) FROM i FOR 2) FROM generate_series(1, length(p_digits) - 1) i
    ) AS c(typed) WHERE iduo.damm(c.typed) = 0
$$;

-- By the number of the company, by document from its beginning, by telephone in any form.
CREATE OR REPLACE FUNCTION iduo.tickets_of_digits(p_digits text, p_states text[], p_most integer)
RETURNS TABLE (ticket_id bigint, why text, rank integer, capped boolean)
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_area text := coalesce(nullif((SELECT s.area_code FROM iduo.staff s WHERE s.login = session_user), ''),
                            (SELECT s.value #>> '{}' FROM iduo.setting s WHERE s.name = 'area_code'), '');
BEGIN
    IF length(p_digits) <= 15 THEN
        RETURN QUERY SELECT f.id, 'empresa ' || p_digits::bigint, 3, f.n > p_most FROM unnest(p_states) s,
            LATERAL (SELECT t.id, row_number() OVER (ORDER BY t.id DESC) AS n FROM iduo.ticket t
                     WHERE t.company_number = p_digits::bigint AND t.state = s ORDER BY t.id DESC LIMIT p_most + 1) f;
    END IF;
    IF length(p_digits) >= 5 THEN
        RETURN QUERY SELECT f.id, 'documento ' || f.document, CASE WHEN f.document = p_digits THEN 3 ELSE 4 END, f.n > p_most FROM (
            SELECT t.id, t.document, row_number() OVER () AS n FROM iduo.ticket t
            WHERE t.document <> '' AND t.document COLLATE "C" ^@ p_digits AND t.state = ANY (p_states) ORDER BY t.document COLLATE "C" LIMIT p_most + 1) f;
    END IF;
    IF length(p_digits) >= 6 THEN
        RETURN QUERY SELECT f.id, 'teléfono', 5, f.n > p_most FROM unnest(iduo.phone_keys(p_digits, v_area)) k, unnest(p_states) s,
            LATERAL (SELECT t.id, row_number() OVER (ORDER BY t.id DESC) AS n FROM iduo.ticket t
                     WHERE t.phone_key <> '' AND t.phone_key COLLATE "C" = k AND t.state = s ORDER BY t.id DESC LIMIT p_most + 1) f;
    END IF;
END $$;

-- By who it was (any order, from the beginning of each word), by the company, by words of text and answer (the last one perhaps unfinished).
CREATE OR REPLACE FUNCTION iduo.tickets_of_words(p_text text, p_state text, p_states text[], p_most integer)
RETURNS TABLE (ticket_id bigint, why text, rank integer, capped boolean)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_words text[] := ARRAY(SELECT w FROM unnest(string_to_array(iduo.fold(p_text), ' ')) w WHERE w <> '' LIMIT 6);
    v_person tsquery := to_tsquery('simple', (SELECT string_agg(w || ':*', ' & ') FROM unnest(v_words) w));
    v_company tsquery := to_tsquery('simple', (SELECT string_agg(w || ':*B', ' & ') FROM unnest(v_words) w));
    v_all tsquery := to_tsquery('simple', (SELECT string_agg(w || CASE WHEN n = cardinality(v_words) THEN ':*' ELSE '' END, ' & ')
                                           FROM unnest(v_words) WITH ORDINALITY AS x(w, n)));
    v_found integer;
BEGIN
    IF coalesce(length(v_words[1]), 0) < 2 THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT n.ticket_id, CASE cardinality(v_words) WHEN 1 THEN 'apellido' ELSE 'nombre' END, 4, n.capped
        FROM iduo.tickets_of_surname(v_words, v_person, p_states, p_most) n;
    GET DIAGNOSTICS v_found = ROW_COUNT;
    IF v_found < p_most THEN
        RETURN QUERY SELECT n.ticket_id, 'nombre', 5, n.capped FROM iduo.tickets_of_query(v_person, true, p_state, p_most) n;
        GET DIAGNOSTICS v_found = ROW_COUNT;
    END IF;
    IF v_found < p_most AND length(v_words[cardinality(v_words)]) >= 2 THEN
        RETURN QUERY SELECT n.ticket_id, CASE WHEN t.words @@ v_company THEN 'empresa' ELSE iduo.where_said(t.words, v_words) END,
                CASE WHEN t.words @@ v_company THEN 6 ELSE 7 END, n.capped
            FROM iduo.tickets_of_query(v_all, false, p_state, p_most) n JOIN iduo.ticket t ON t.id = n.ticket_id;
    END IF;
END $$;

-- In which of its texts the words are: the first that has all of them, or several together.
CREATE OR REPLACE FUNCTION iduo.where_said(p_words tsvector, p_asked text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce((SELECT l.label FROM (VALUES ('C', 'texto', 1), ('D', 'respuesta', 2), ('A', 'nombre', 3)) AS l(weight, label, n)
                     WHERE p_words @@ to_tsquery('simple', (SELECT string_agg(w || ':*' || l.weight, ' & ') FROM unnest(p_asked) w))
                     ORDER BY l.n LIMIT 1), 'varios datos')
$$;

-- Surnames that begin as one of the words does, one after the other by their index, and the newest tickets of each whose names fit the
-- other words: as quick with millions as with hundreds.
CREATE OR REPLACE FUNCTION iduo.tickets_of_surname(p_words text[], p_person tsquery, p_states text[], p_most integer)
RETURNS TABLE (ticket_id bigint, capped boolean)
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
    v_word text;
    v_surname text;
    v_surnames text[] := '{}';
BEGIN
    FOREACH v_word IN ARRAY p_words LOOP
        v_surname := '';
        WHILE length(v_word) > 1 AND cardinality(v_surnames) <= 30 LOOP
            SELECT t.surname_key INTO v_surname FROM iduo.ticket t
            WHERE t.surname_key COLLATE "C" ^@ v_word AND t.surname_key COLLATE "C" > v_surname ORDER BY t.surname_key COLLATE "C" LIMIT 1;
            EXIT WHEN NOT FOUND;
            v_surnames := v_surnames || v_surname;
        END LOOP;
    END LOOP;
    RETURN QUERY SELECT f.id, f.n > p_most OR cardinality(v_surnames) > 30 FROM (SELECT DISTINCT x FROM unnest(v_surnames) x) k(surname), unnest(p_states) s,
        LATERAL (SELECT x.id, row_number() OVER (ORDER BY x.id DESC) AS n FROM (
                     SELECT t.id, t.person_words FROM iduo.ticket t WHERE t.surname_key COLLATE "C" = k.surname AND t.state = s
                     ORDER BY t.id DESC LIMIT greatest(200, 6000 / greatest(1, cardinality(v_surnames)))) x
                 WHERE cardinality(p_words) = 1 OR x.person_words @@ p_person LIMIT p_most + 1) f;
END $$;

-- The newest tickets with these words, of a person or of anything. Common words are met among the newest at once; rare ones are found
-- by their index, and sorted. Lists of what is on its way are short enough to be read.
CREATE OR REPLACE FUNCTION iduo.tickets_of_query(p_query tsquery, p_person boolean, p_state text, p_most integer)
RETURNS TABLE (ticket_id bigint, capped boolean)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_short boolean := p_state IS NOT NULL AND p_state <> 'communicated';
    v_ids bigint[] := iduo.newest_with(p_query, p_person, p_state, CASE WHEN v_short THEN 100000 ELSE 5000 END, p_most);
    v_enough integer := 2000;
    v_capped boolean := cardinality(v_ids) >= p_most;
BEGIN
    IF NOT v_capped AND NOT v_short THEN
        v_ids := iduo.indexed_with(p_query, p_person, p_state, v_enough + 1);
        v_capped := cardinality(v_ids) > p_most;
        IF cardinality(v_ids) > v_enough THEN
            v_ids := iduo.newest_with(p_query, p_person, p_state, 100000, p_most);
        END IF;
    END IF;
    RETURN QUERY SELECT x, v_capped FROM unnest(v_ids) x ORDER BY x DESC LIMIT p_most;
END $$;

-- Backwards through the last so many tickets, until there are enough.
CREATE OR REPLACE FUNCTION iduo.newest_with(p_query tsquery, p_person boolean, p_state text, p_last integer, p_most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_bitmapscan = off SET enable_seqscan = off AS $$
BEGIN
    IF p_state IS NULL AND p_person THEN
        RETURN ARRAY(SELECT x.id FROM (SELECT t.id, t.person_words FROM iduo.ticket t ORDER BY t.id DESC LIMIT p_last) x
                     WHERE x.person_words @@ p_query LIMIT p_most);
    ELSIF p_state IS NULL THEN
        RETURN ARRAY(SELECT x.id FROM (SELECT t.id, t.words FROM iduo.ticket t ORDER BY t.id DESC LIMIT p_last) x WHERE x.words @@ p_query LIMIT p_most);
    END IF;
    RETURN ARRAY(SELECT x.id FROM (SELECT t.id, CASE WHEN p_person THEN t.person_words ELSE t.words END AS words FROM iduo.ticket t
                                   WHERE t.state = p_state ORDER BY t.number DESC LIMIT p_last) x
                 WHERE x.words @@ p_query LIMIT p_most);
END $$;

CREATE OR REPLACE FUNCTION iduo.indexed_with(p_query tsquery, p_person boolean, p_state text, p_most integer) RETURNS bigint[]
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
BEGIN
    IF p_person THEN
        RETURN ARRAY(SELECT t.id FROM iduo.ticket t WHERE t.person_words @@ p_query AND (p_state IS NULL OR t.state = p_state) LIMIT p_most);
    END IF;
    RETURN ARRAY(SELECT t.id FROM iduo.ticket t WHERE t.words @@ p_query AND (p_state IS NULL OR t.state = p_state) LIMIT p_most);
END $$;

-- The tickets of a state's list that fit what was typed, at most 300 a way.
CREATE OR REPLACE FUNCTION iduo.matching_tickets(p_text text, p_state text) RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(array_agg(DISTINCT m.ticket_id), '{}') FROM iduo.ticket_matches(p_text, p_state, 300) m
$$;

-- Tickets as a search shows them, in the order of their ranks; what waits to be communicated first, then what is open.
CREATE OR REPLACE FUNCTION iduo.show_hits(p_ids bigint[], p_whys text[], p_ranks integer[], p_capped boolean, p_limit integer)
RETURNS TABLE (ticket_id bigint, number bigint, "check" text, state text, person text, document text, company text, at timestamptz, why text,
               capped boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT t.id, t.number, CASE WHEN (SELECT s.value = 'true' FROM iduo.setting s WHERE s.name = 'ticket_check_digit')
                                THEN iduo.damm(t.number::text)::text ELSE '' END,
           t.state, iduo.person_name(t.surname, t.names), t.document, t.company, t.at, x.why, p_capped
    FROM unnest(p_ids, p_whys, p_ranks) AS x(id, why, rank) JOIN iduo.ticket t ON t.id = x.id
    ORDER BY x.rank, array_position(ARRAY['awaiting_communication', 'open', 'awaiting_answer', 'communicated'], t.state), t.id DESC LIMIT p_limit
$$;

CREATE FUNCTION api.find_tickets(p_text text, p_limit integer DEFAULT 8)
RETURNS TABLE (ticket_id bigint, number bigint, "check" text, state text, person text, document text, company text, at timestamptz, why text,
               capped boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    RETURN QUERY SELECT h.* FROM (
            SELECT array_agg(m.ticket_id) AS ids, array_agg(m.why) AS whys, array_agg(m.rank) AS ranks, bool_or(m.capped) AS capped
            FROM (SELECT DISTINCT ON (x.ticket_id) x.ticket_id, x.why, x.rank, bool_or(x.capped) OVER () AS capped
                  FROM iduo.ticket_matches(p_text, NULL, greatest(20, least(coalesce(p_limit, 8), 50) + 1)) x ORDER BY x.ticket_id, x.rank) m
        ) f, LATERAL iduo.show_hits(f.ids, f.whys, f.ranks, f.capped, greatest(1, least(coalesce(p_limit, 8), 50))) h;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

GRANT EXECUTE ON FUNCTION api.find_tickets TO iduo_operator, iduo_coordinator, iduo_admin, iduo_answerer;
GRANT EXECUTE ON FUNCTION iduo.matching_tickets, iduo.show_hits TO iduo_owner;
RESET ROLE;
