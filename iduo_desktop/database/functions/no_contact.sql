-- Who is not to be contacted: lists that are brought in whole, and numbers one by one, by hand or because somebody asked for it in a contact.
SET LOCAL ROLE iduo_owner;

-- A list of others older than this only warns: it has to be consulted anew.
CREATE OR REPLACE FUNCTION iduo.stale_list(p_purpose text, p_as_of timestamptz, p_at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT p_purpose = 'promotion' AND p_as_of < p_at - interval '720 hours' $$;

-- What is left of a number when its owner was erased: enough to know it again, so that he is not contacted, and not to read it.
CREATE OR REPLACE FUNCTION iduo.hidden_key(p_key text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT encode(sha256(convert_to(p_key, 'UTF8')), 'hex') $$;

-- Whether the number that is to be used is listed, until when (infinity: for ever) and why. Where none is said, all that he is reached by with
-- that channel would have to be; if only some are, it warns.
CREATE OR REPLACE FUNCTION iduo.listed(p_company bigint, p_contact bigint, p_key text, p_channel text, p_purpose text, p_at timestamptz,
                                       OUT hinders boolean, OUT until timestamptz, OUT what text, OUT warnings text[])
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_generic_plan' AS $$
DECLARE
    v_keys text[] := CASE WHEN p_key <> '' THEN ARRAY[p_key] ELSE ARRAY(
        SELECT k.search_key FROM iduo.keys_of(ARRAY[p_company], ARRAY[1::bigint], ARRAY[p_contact]) k WHERE k.mail = (p_channel = 'email')) END;
    v_hidden text[] := ARRAY(SELECT iduo.hidden_key(k) FROM unnest(v_keys) k);
    v_count integer;
BEGIN
    WITH found AS (
        SELECT k.key, coalesce(e.until, 'infinity') AS until, 1 AS place,
               CASE WHEN e.attempt_id IS NOT NULL THEN 'pidió que no lo contacten' ELSE 'está entre los que no se contactan' END AS what
        FROM unnest(v_keys || v_hidden, v_keys || v_keys) AS k(seen, key) JOIN iduo.no_contact e ON e.search_key COLLATE "C" = k.seen AND e.removed_at IS NULL
        WHERE (e.until IS NULL OR e.until > p_at) AND e.channel IN ('', p_channel) AND e.purpose IN ('', p_purpose)
        UNION ALL
        SELECT k.key, 'infinity', 2, format('está en «%s» del %s', l.name, to_char(l.as_of AT TIME ZONE 'America/Argentina/Buenos_Aires', 'DD/MM/YYYY'))
        FROM unnest(v_keys) AS k(key) JOIN iduo.no_contact_number n ON n.search_key = k.key JOIN iduo.no_contact_list l ON l.id = n.list_id
        WHERE l.purpose IN ('', p_purpose) AND NOT iduo.stale_list(l.purpose, l.as_of, p_at)
    ), by_key AS (
        SELECT f.key, max(f.until) AS until, (array_agg(f.what ORDER BY f.place, f.what))[1] AS what FROM found f GROUP BY f.key
    )
    SELECT count(*), min(b.until), (array_agg(b.what ORDER BY b.until, b.what))[1] INTO v_count, until, what FROM by_key b;
    hinders := v_count > 0 AND v_count = cardinality(v_keys);
    warnings := CASE WHEN v_count > 0 AND NOT hinders THEN ARRAY[CASE p_channel WHEN 'email' THEN 'Una de sus direcciones no se contacta: '
                                                                      ELSE 'Uno de sus números no se contacta: ' END || what || '.'] ELSE '{}' END
        || ARRAY(SELECT format('%s: la lista «%s» es del %s, de hace más de 30 días. Hay que traer la nueva.',
                               CASE WHEN EXISTS (SELECT FROM iduo.no_contact_number n WHERE n.list_id = l.id AND n.search_key = ANY (v_keys))
                                    THEN 'Está en una lista vieja' ELSE 'No está, pero' END,
                               l.name, to_char(l.as_of AT TIME ZONE 'America/Argentina/Buenos_Aires', 'DD/MM/YYYY'))
                 FROM iduo.no_contact_list l WHERE l.purpose = p_purpose AND iduo.stale_list(l.purpose, l.as_of, p_at) ORDER BY l.id);
    IF NOT hinders THEN
        until := NULL;
    END IF;
END $$;

CREATE FUNCTION api.no_contact_lists()
RETURNS TABLE (id integer, name text, purpose text, as_of timestamptz, entries integer, stale boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT l.id, l.name, l.purpose, l.as_of, l.entries, iduo.stale_list(l.purpose, l.as_of, clock_timestamp())
        FROM iduo.no_contact_list l ORDER BY l.name, l.id;
END $$;

-- Up to 10,000 of a list; what does not read as a number or an address is counted and left out. The same ones again change nothing.
CREATE FUNCTION api.load_no_contact(p_name text, p_purpose text, p_as_of timestamptz, p_addresses text[], p_replace boolean)
RETURNS TABLE (list_id integer, added integer, kept integer, refused integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    v_name text;
    v_keys text[];
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    v_name := iduo.one_line('name', iduo.need('name', p_name, 'Ponele un nombre a la lista.', 120), 120);
    IF p_purpose IS NULL OR p_purpose NOT IN ('', 'service', 'collection', 'promotion') THEN
        PERFORM iduo.refuse_field('purpose', 'Esa finalidad no existe.');
    ELSIF p_as_of IS NULL OR p_as_of NOT BETWEEN clock_timestamp() - interval '3660 days' AND clock_timestamp() + interval '1 day' THEN
        PERFORM iduo.refuse_field('as_of', '¿De qué día es la lista? Ni del futuro ni de hace más de diez años.');
    ELSIF cardinality(p_addresses) > 10000 OR array_ndims(p_addresses) > 1 THEN
        PERFORM iduo.refuse_field('addresses', 'Como mucho 10.000 números a la vez.');
    ELSIF EXISTS (SELECT FROM unnest(p_addresses) a WHERE length(a) > 254) THEN
        PERFORM iduo.refuse_field('addresses', 'Hay algo demasiado largo para ser un número o un mail.');
    END IF;
    INSERT INTO iduo.no_contact_list (name, purpose, as_of, by)
    VALUES (v_name, p_purpose, p_as_of, session_user) ON CONFLICT (name) DO NOTHING;
    SELECT l.id INTO list_id FROM iduo.no_contact_list l WHERE l.name = v_name FOR NO KEY UPDATE;
    PERFORM set_config('synchronous_commit', 'on', true);
    IF p_replace AND EXISTS (SELECT FROM iduo.no_contact_list l WHERE l.id = list_id AND l.entries > 0) THEN
        DELETE FROM iduo.no_contact_number n WHERE n.list_id = load_no_contact.list_id;
    END IF;
    v_keys := ARRAY(SELECT DISTINCT k.key FROM unnest(coalesce(p_addresses, '{}')) a, LATERAL (SELECT iduo.address_key(a) AS key) k WHERE k.key <> '');
    refused := (SELECT count(*) FROM unnest(coalesce(p_addresses, '{}')) a WHERE iduo.address_key(a) = '');
    INSERT INTO iduo.no_contact_number (search_key, list_id) SELECT k, load_no_contact.list_id FROM unnest(v_keys) k ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS added = ROW_COUNT;
    kept := coalesce(cardinality(p_addresses), 0) - refused - added;
    UPDATE iduo.no_contact_list l SET purpose = p_purpose, as_of = p_as_of, entries = CASE WHEN p_replace THEN 0 ELSE l.entries END + added
    WHERE l.id = load_no_contact.list_id;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.remove_no_contact_list(p_list integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '10s' AS $$
BEGIN
    PERFORM iduo.require('coordinator', 'admin', 'job');
    PERFORM FROM iduo.no_contact_list l WHERE l.id = p_list FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa lista ya no está.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    DELETE FROM iduo.no_contact_number n WHERE n.list_id = p_list;
    DELETE FROM iduo.no_contact_list l WHERE l.id = p_list;
END $$;

CREATE FUNCTION api.no_contact_entries(p_text text)
RETURNS TABLE (id bigint, address text, channel text, purpose text, origin text, until timestamptz, by text, at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_text text;
    v_digits text;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    v_text := lower(btrim(left(coalesce(p_text, ''), 254)));
    v_digits := regexp_replace(v_text, '[^0-9]', '', 'g');
    RETURN QUERY SELECT e.id, e.address, e.channel, e.purpose, e.origin, e.until, coalesce(iduo.name_of(e."by"), e."by"), e.at FROM iduo.no_contact e
        WHERE e.removed_at IS NULL AND (e.until IS NULL OR e.until > clock_timestamp())
          AND (v_text = '' OR lower(e.address) ^@ v_text OR e.search_key ^@ v_text OR v_digits <> '' AND v_text !~ '[a-z@]'
               AND (e.search_key ^@ v_digits OR length(v_digits) >= 6 AND e.search_key = iduo.address_key(v_text)))
        ORDER BY e.id DESC LIMIT 200;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

CREATE FUNCTION api.add_no_contact(p_address text, p_channel text, p_purpose text, p_origin text, p_until timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_key text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    PERFORM iduo.check_party(NULL, NULL, p_address, coalesce(nullif(p_channel, ''), 'call'), p_purpose);
    p_origin := iduo.one_line('origin', iduo.need('origin', p_origin, 'Escribí quién lo pidió, o de dónde viene.', 200), 200);
    v_key := iduo.address_key(p_address);
    IF v_key = '' OR position('@' IN v_key) > 0 AND v_key !~ '^[^@\s]+@[^@\s]+$' THEN
        PERFORM iduo.refuse_field('address', 'No es un número ni un mail.');
    ELSIF p_until <= clock_timestamp() THEN
        PERFORM iduo.refuse_field('until', 'Esa fecha ya pasó.');
    ELSIF p_until > clock_timestamp() + interval '36600 days' THEN
        PERFORM iduo.refuse_field('until', 'Si es para siempre, dejá la fecha vacía.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM iduo.put_no_contact(btrim(p_address), v_key, coalesce(p_channel, ''), coalesce(p_purpose, ''), p_origin, p_until, NULL);
END $$;

-- The same once: there is no second entry that says what another says already, unless that one can still be undone with its contact.
CREATE OR REPLACE FUNCTION iduo.put_no_contact(p_address text, p_key text, p_channel text, p_purpose text, p_origin text, p_until timestamptz, p_attempt bigint)
RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO iduo.no_contact (address, search_key, channel, purpose, origin, until, by, attempt_id)
    SELECT left(p_address, 254), p_key, p_channel, p_purpose, p_origin, p_until, session_user, p_attempt
    WHERE NOT EXISTS (SELECT FROM iduo.no_contact e WHERE e.search_key COLLATE "C" = p_key AND e.removed_at IS NULL AND e.channel IN ('', p_channel)
                      AND e.purpose IN ('', p_purpose) AND (e.until IS NULL OR e.until >= p_until)
                      AND (e.attempt_id IS NULL OR e.attempt_id = p_attempt OR e.at < clock_timestamp() - interval '5 minutes'))
$$;

CREATE FUNCTION api.remove_no_contact(p_entry bigint, p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué se lo puede volver a contactar.', 500);
    PERFORM set_config('synchronous_commit', 'on', true);
    UPDATE iduo.no_contact e SET removed_at = clock_timestamp(), removed_by = session_user, removed_reason = p_reason
    WHERE e.id = p_entry AND e.removed_at IS NULL;
    -- the same, asked again because no answer came, was done
    IF NOT FOUND AND NOT EXISTS (SELECT FROM iduo.no_contact e WHERE e.id = p_entry AND e.removed_by = session_user AND e.removed_reason = p_reason) THEN
        PERFORM iduo.refuse('Eso ya no está en la lista.');
    END IF;
END $$;

-- What a result says of the number that was used: that its owner wants no more contacts, or that it is not his. An unknown number is the only one he
-- has, or, where he wants no contacts, any of that kind. What was marked is kept in the event, for undo.
CREATE OR REPLACE FUNCTION iduo.follow_result(p_attempt bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    a iduo.attempt;
    d iduo.disposition;
    k record;
    v_keys text[];
BEGIN
    SELECT * INTO a FROM iduo.attempt x WHERE x.id = p_attempt;
    SELECT * INTO d FROM iduo.disposition x WHERE x.id = a.disposition_id;
    IF NOT FOUND OR NOT (d.do_not_contact OR d.wrong_number) THEN
        RETURN;
    END IF;
    v_keys := CASE WHEN a.search_key <> '' THEN ARRAY[a.search_key] ELSE ARRAY(
        SELECT DISTINCT x.search_key FROM iduo.keys_of(ARRAY[a.company_id], ARRAY[1::bigint], ARRAY[a.contact_id]) x WHERE x.mail = (a.channel = 'email')) END;
    IF d.do_not_contact THEN
        FOR k IN SELECT x AS key FROM unnest(v_keys) x LOOP
            PERFORM iduo.put_no_contact(CASE WHEN a.address <> '' THEN a.address ELSE k.key END, k.key, '', '', d.label, NULL, a.id);
        END LOOP;
    END IF;
    IF d.wrong_number AND cardinality(v_keys) = 1 THEN
        UPDATE iduo.case_event e SET before = coalesce(e.before, '{}') || jsonb_build_object('marked', iduo.mark_wrong(a.company_id, a.contact_id, v_keys[1]))
        WHERE e.id = a.event_id;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.mark_wrong(p_company bigint, p_contact bigint, p_key text) RETURNS jsonb
LANGUAGE sql SET search_path = '' AS $$
    WITH a AS (UPDATE iduo.company_phone f SET valid = false WHERE f.company_id = p_company AND f.search_key = p_key AND f.valid AND NOT f.removed RETURNING f.id),
         b AS (UPDATE iduo.contact_phone f SET valid = false WHERE f.contact_id = p_contact AND f.search_key = p_key AND f.valid AND NOT f.removed RETURNING f.id),
         c AS (UPDATE iduo.company_email m SET valid = false WHERE m.company_id = p_company AND lower(m.address) = p_key AND m.valid AND NOT m.removed RETURNING m.id),
         d AS (UPDATE iduo.contact_email m SET valid = false WHERE m.contact_id = p_contact AND lower(m.address) = p_key AND m.valid AND NOT m.removed RETURNING m.id)
    SELECT jsonb_build_object('company_phone', coalesce((SELECT jsonb_agg(a.id) FROM a), '[]'), 'contact_phone', coalesce((SELECT jsonb_agg(b.id) FROM b), '[]'),
                              'company_email', coalesce((SELECT jsonb_agg(c.id) FROM c), '[]'), 'contact_email', coalesce((SELECT jsonb_agg(d.id) FROM d), '[]'))
$$;

-- Somebody else found the same of that number, in another case of the same client or person, and did not take it back.
CREATE OR REPLACE FUNCTION iduo.wrong_for_others(p_event bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    a iduo.attempt;
    v_cases bigint[];
BEGIN
    SELECT * INTO a FROM iduo.attempt x WHERE x.event_id = p_event;
    v_cases := ARRAY(SELECT k.id FROM iduo.case k WHERE k.company_id = a.company_id UNION SELECT k.id FROM iduo.case k WHERE k.contact_id = a.contact_id);
    RETURN EXISTS (SELECT FROM iduo.attempt b JOIN iduo.disposition d ON d.id = b.disposition_id AND d.wrong_number
                   WHERE b.case_id = ANY (v_cases) AND b.id > a.id AND b.undone_at IS NULL AND (b.search_key = a.search_key OR '' IN (a.search_key, b.search_key)));
END $$;

-- The contact was undone: so is what followed from it.
CREATE OR REPLACE FUNCTION iduo.unfollow_result(p_event bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_marked jsonb := (SELECT e.before -> 'marked' FROM iduo.case_event e WHERE e.id = p_event);
BEGIN
    UPDATE iduo.no_contact e SET removed_at = clock_timestamp(), removed_by = session_user, removed_reason = 'Se deshizo el contacto'
    WHERE e.attempt_id IN (SELECT a.id FROM iduo.attempt a WHERE a.event_id = p_event) AND e.removed_at IS NULL;
    IF v_marked IS NOT NULL AND NOT iduo.wrong_for_others(p_event) THEN
        UPDATE iduo.company_phone f SET valid = true WHERE f.id = ANY (iduo.ids(v_marked -> 'company_phone'));
        UPDATE iduo.contact_phone f SET valid = true WHERE f.id = ANY (iduo.ids(v_marked -> 'contact_phone'));
        UPDATE iduo.company_email m SET valid = true WHERE m.id = ANY (iduo.ids(v_marked -> 'company_email'));
        UPDATE iduo.contact_email m SET valid = true WHERE m.id = ANY (iduo.ids(v_marked -> 'contact_email'));
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION api.no_contact_lists, api.add_no_contact TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.load_no_contact, api.remove_no_contact_list TO iduo_coordinator, iduo_admin, iduo_job;
GRANT EXECUTE ON FUNCTION api.no_contact_entries, api.remove_no_contact TO iduo_coordinator, iduo_admin;
RESET ROLE;
