-- Contacts found by whatever is typed, made and added to while somebody waits on the line.
GRANT SELECT (id, surname, names, document, company_id, search_text, person_key, merged_into) ON iduo.contact TO iduo_search;
GRANT SELECT (contact_id) ON iduo.case TO iduo_search;
GRANT SELECT (id, contact_id, typed, search_key, removed) ON iduo.contact_phone TO iduo_search;
GRANT SELECT (id, contact_id, address, removed) ON iduo.contact_email TO iduo_search;
SET LOCAL ROLE iduo_search;

-- Ids of some hundred contacts at most, with why: document, telephone, mail, or every word of the name; without a text, those of the company.
CREATE OR REPLACE FUNCTION iduo.contact_matches(p_text text, p_company bigint) RETURNS TABLE (contact_id bigint, why text, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    v_text text := btrim(left(coalesce(p_text, ''), 200), E' \t\r\n');
    v_digits text := regexp_replace(v_text, '\D', '', 'g');
    v_words text[] := ARRAY(SELECT w FROM unnest(string_to_array(iduo.fold(v_text), ' ')) w WHERE w <> '' LIMIT 6);
    v_area text := coalesce(nullif((SELECT s.area_code FROM iduo.staff s WHERE s.login = session_user), ''),
                            (SELECT s.value #>> '{}' FROM iduo.setting s WHERE s.name = 'area_code'), '');
    v_first text := '% ' || v_words[1] || '%';
    v_second text := '% ' || v_words[2] || '%';
    v_third text := '% ' || v_words[3] || '%';
    v_exact text := lower(normalize(v_text, NFC));
    v_papers text := regexp_replace(upper(regexp_replace(v_text, '[^0-9A-Za-z]', '', 'g')), '^(DNI|CUIT|CUIL|LC|LE|CI)(?=\d)', '');
BEGIN
    IF v_text = '' THEN
        RETURN QUERY (SELECT c.id, 'es de la empresa', 1 FROM iduo.contact c WHERE c.company_id = p_company AND c.merged_into IS NULL LIMIT 500);
    ELSIF v_text ~ '^[\d\s.+()/#-]+$' THEN
        IF length(v_digits) BETWEEN 5 AND 20 THEN
            RETURN QUERY (SELECT c.id, 'documento ' || c.document, CASE c.document WHEN v_digits THEN 1 ELSE 2 END FROM iduo.contact c
                WHERE c.document <> '' AND c.document COLLATE "C" ^@ v_digits AND c.merged_into IS NULL LIMIT 100);
        END IF;
        IF v_digits ~ '^2[0347]\d{9}$' THEN  -- a CUIL says the document
            RETURN QUERY (SELECT c.id, 'documento ' || c.document, 1 FROM iduo.contact c
                WHERE c.document <> '' AND c.document COLLATE "C" = ltrim(substr(v_digits, 3, 8), '0')
                  AND c.merged_into IS NULL LIMIT 100);
        END IF;
        IF length(v_digits) BETWEEN 6 AND 20 THEN
            RETURN QUERY (SELECT p.contact_id, 'teléfono', 3 FROM iduo.contact_phone p
                WHERE p.search_key COLLATE "C" = ANY (iduo.phone_keys(v_digits, v_area)) AND NOT p.removed LIMIT 100);
        END IF;
    ELSE
        IF v_text ~ '^\S+[@._]\S*$' THEN
            RETURN QUERY (SELECT m.contact_id, 'mail', 4 FROM iduo.contact_email m
                WHERE lower(m.address) COLLATE "C" ^@ lower(v_text) AND NOT m.removed LIMIT 100);
        END IF;
        IF v_text ~ '\d' AND length(v_papers) BETWEEN 5 AND 20 THEN
            RETURN QUERY (SELECT c.id, 'documento ' || c.document, 1 FROM iduo.contact c
                WHERE c.document <> '' AND c.document COLLATE "C" = v_papers AND c.merged_into IS NULL LIMIT 100);
        END IF;
        IF length(v_words[1]) >= 2 THEN
            -- two statements, so that a company's own are not lost among all who have that name
            RETURN QUERY (SELECT c.id, 'nombre', CASE WHEN lower(c.surname) ^@ v_exact THEN 5 WHEN c.search_text ^@ (' ' || v_words[1]) THEN 6 ELSE 7 END
                FROM iduo.contact c WHERE c.company_id = p_company AND c.search_text LIKE v_first
                  AND (v_second IS NULL OR c.search_text LIKE v_second) AND (v_third IS NULL OR c.search_text LIKE v_third)
                  AND c.merged_into IS NULL LIMIT 100);
            RETURN QUERY (SELECT c.id, 'nombre', CASE WHEN lower(c.surname) ^@ v_exact THEN 5 WHEN c.search_text ^@ (' ' || v_words[1]) THEN 6 ELSE 7 END
                FROM iduo.contact c WHERE c.search_text LIKE v_first
                  AND (v_second IS NULL OR c.search_text LIKE v_second) AND (v_third IS NULL OR c.search_text LIKE v_third)
                  AND c.merged_into IS NULL LIMIT 500);
        END IF;
    END IF;
END $$;

CREATE FUNCTION api.find_contacts(p_text text, p_company bigint DEFAULT NULL, p_limit integer DEFAULT 8)
RETURNS TABLE (contact_id bigint, surname text, names text, document text, phone text, email text, company_id bigint, company_number bigint,
               company text, why text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT f.id, f.surname, f.names, f.document,
               coalesce((SELECT p.typed FROM iduo.contact_phone p WHERE p.contact_id = f.id AND NOT p.removed ORDER BY p.id LIMIT 1), ''),
               coalesce((SELECT m.address FROM iduo.contact_email m WHERE m.contact_id = f.id AND NOT m.removed ORDER BY m.id LIMIT 1), ''),
               f.company_id, o.number, coalesce(o.client, ''), f.why
        FROM (SELECT c.id, c.surname, c.names, c.document, c.company_id, c.person_key, m.why, m.rank,
                     coalesce(c.company_id = p_company, false) AS own
              FROM (SELECT DISTINCT ON (x.contact_id) x.* FROM iduo.contact_matches(p_text, p_company) x ORDER BY x.contact_id, x.rank) m
              JOIN iduo.contact c ON c.id = m.contact_id
              ORDER BY own DESC, m.rank, c.person_key COLLATE "C", c.id LIMIT greatest(1, least(coalesce(p_limit, 8), 50))) f
        LEFT JOIN iduo.company o ON o.id = f.company_id
        ORDER BY f.own DESC, f.rank, f.person_key COLLATE "C", f.id;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

-- Persons with cases of their own, in this list, whom a text finds: at most 1000, so that a list can be narrowed to them.
CREATE OR REPLACE FUNCTION iduo.matching_persons(p_text text, p_list text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_custom_plan' SET enable_seqscan = off AS $$
DECLARE
    v_text text := btrim(left(coalesce(p_text, ''), 200), E' \t\r\n');
    v_words text[] := ARRAY(SELECT w FROM unnest(string_to_array(iduo.fold(v_text), ' ')) w WHERE w <> '' LIMIT 6);
    v_first text := '% ' || v_words[1] || '%';
    v_second text := '% ' || v_words[2] || '%';
    v_third text := '% ' || v_words[3] || '%';
BEGIN
    IF v_text ~ '\d' THEN
        RETURN ARRAY(SELECT DISTINCT m.contact_id FROM iduo.contact_matches(v_text, NULL) m
                     WHERE (SELECT true FROM iduo.case k WHERE k.contact_id = m.contact_id LIMIT 1));
    ELSIF length(v_words[1]) >= 2 THEN
        -- a join, so that it begins with the fewer: those of that name, or those who have a case there
        RETURN ARRAY(SELECT DISTINCT x.id FROM (
            SELECT c.id FROM iduo.case k JOIN iduo.contact c ON c.id = k.contact_id
            WHERE k.contact_id IS NOT NULL AND CASE p_list
                  WHEN 'closed' THEN k.state = 'closed' WHEN 'mine' THEN k.state = 'open' AND k.assigned_to = session_user
                  ELSE k.state = 'open' AND k.list = p_list END
              AND c.search_text LIKE v_first AND (v_second IS NULL OR c.search_text LIKE v_second) AND (v_third IS NULL OR c.search_text LIKE v_third)
              AND c.merged_into IS NULL LIMIT 2000) x LIMIT 1000);
    END IF;
    RETURN '{}';
END $$;
GRANT EXECUTE ON FUNCTION iduo.matching_persons(text, text), iduo.contact_matches(text, bigint) TO iduo_owner;
GRANT EXECUTE ON FUNCTION api.find_contacts TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
SET LOCAL ROLE iduo_owner;

-- The same key: refuse it when it is somebody else's or came with other contents.
CREATE OR REPLACE FUNCTION iduo.need_same(p_by text, p_stored bytea, p_hash bytea) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_by IS DISTINCT FROM session_user::text OR p_stored IS DISTINCT FROM p_hash THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_phone(p_typed text, p_e164 text, p_search_key text, p_kind text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF length(p_typed) > 60 OR length(p_e164) > 20 OR length(p_search_key) > 20 OR length(p_kind) > 20
        OR p_search_key !~ '^\d*$' OR p_e164 !~ '^\+\d+$' THEN
        PERFORM iduo.refuse_field('phone', 'Ese teléfono no se entiende.');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.document_type(p_document text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE WHEN p_document = '' THEN 'none' WHEN p_document ~ '^\d{7,8}$' THEN 'dni' WHEN p_document ~ '^\d{11}$' THEN 'cuit' ELSE 'other' END
$$;

CREATE FUNCTION api.create_contact(p_surname text, p_names text, p_document text, p_phone text, p_phone_e164 text, p_phone_key text, p_phone_kind text,
                                   p_phone_valid boolean, p_email text, p_company bigint, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('contact', p_surname, p_names, p_document, p_phone, p_phone_e164, p_phone_key, p_phone_kind, p_phone_valid::text,
                              p_email, p_company::text);
    v_stored iduo.contact;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    p_surname := iduo.one_line('surname', p_surname, 120);
    p_names := iduo.one_line('names', p_names, 120);
    p_document := iduo.document_of(p_document);
    p_phone := iduo.one_line('phone', p_phone, 60);
    p_email := iduo.one_line('email', p_email, 254);
    PERFORM iduo.check_phone(p_phone, p_phone_e164, p_phone_key, p_phone_kind);
    IF p_surname = '' AND p_names = '' AND p_document = '' THEN
        PERFORM iduo.refuse_field('surname', 'Escribí al menos el apellido, el nombre o el documento.');
    ELSIF p_company IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.company c WHERE c.id = p_company) THEN
        PERFORM iduo.refuse_field('company', 'Esa empresa no existe.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    INSERT INTO iduo.contact (company_id, surname, names, document_type, document, by, key, payload_hash)
    VALUES (p_company, p_surname, p_names, iduo.document_type(p_document), p_document, session_user, p_key, v_hash)
    ON CONFLICT (key) DO NOTHING RETURNING id INTO contact_id;
    replayed := NOT FOUND;
    IF replayed THEN
        SELECT * INTO v_stored FROM iduo.contact c WHERE c.key = p_key;
        PERFORM iduo.need_same(v_stored."by", v_stored.payload_hash, v_hash);
        contact_id := v_stored.id;
    ELSE
        IF p_phone <> '' THEN
            INSERT INTO iduo.contact_phone (contact_id, typed, e164, search_key, kind, valid)
            VALUES (contact_id, p_phone, p_phone_e164, coalesce(p_phone_key, ''), coalesce(p_phone_kind, ''), coalesce(p_phone_valid, false));
        END IF;
        IF p_email <> '' THEN
            INSERT INTO iduo.contact_email (contact_id, address, valid) VALUES (contact_id, p_email, p_email ~ '^[^@\s]+@[^@\s]+\.[^@\s.]+$');
        END IF;
    END IF;
    RETURN NEXT;
END $$;

-- Adding the same number twice adds it once, however it is written.
CREATE FUNCTION api.add_contact_phone(p_contact bigint, p_typed text, p_e164 text, p_search_key text, p_kind text, p_valid boolean, p_key uuid)
RETURNS TABLE (contact_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_typed text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_typed := iduo.one_line('phone', p_typed, 60);
    p_contact := (iduo.lock_contact(p_contact)).id;
    IF v_typed = '' THEN
        PERFORM iduo.refuse_field('phone', 'Escribí el teléfono.');
    END IF;
    PERFORM iduo.check_phone(v_typed, p_e164, p_search_key, p_kind);
    contact_id := p_contact;
    replayed := EXISTS (SELECT FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND NOT f.removed
                        AND (f.typed = v_typed OR f.search_key = p_search_key AND p_search_key <> ''));
    IF NOT replayed THEN
        IF (SELECT count(*) FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND NOT f.removed) >= 20 THEN
            PERFORM iduo.refuse_field('phone', 'Ya tiene 20 teléfonos: sacá alguno.');
        END IF;
        INSERT INTO iduo.contact_phone (contact_id, typed, e164, search_key, kind, valid)
        VALUES (p_contact, v_typed, p_e164, coalesce(p_search_key, ''), coalesce(p_kind, ''), coalesce(p_valid, false));
        PERFORM iduo.add_contact_event(p_contact, 'phone', '', '', v_typed, NULL, NULL);
    END IF;
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION api.create_contact, api.add_contact_phone TO iduo_operator, iduo_coordinator;
RESET ROLE;
