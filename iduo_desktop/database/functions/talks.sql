-- Who is speaking with whom now: a lease of two minutes, so that two do not call the same person at once. It never blocks anybody.
SET LOCAL ROLE iduo_owner;

-- Said again while it lasts; the others are told when it begins and when it ends.
CREATE FUNCTION api.begin_talk(p_company bigint, p_contact bigint, p_address text, p_channel text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_key text;
    v_same boolean;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.check_party(p_company, p_contact, p_address, p_channel, '');
    p_contact := iduo.who_stayed(p_contact);
    IF p_company IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.company o WHERE o.id = p_company)
        OR p_contact IS NOT NULL AND NOT EXISTS (SELECT FROM iduo.contact n WHERE n.id = p_contact) THEN
        PERFORM iduo.refuse_field('contact', 'Ese contacto no existe.');
    END IF;
    v_key := iduo.used_key(p_company, p_contact, p_address);
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    v_same := EXISTS (SELECT FROM iduo.talk t WHERE t.login = session_user AND t.until > v_now
                      AND (t.company_id, t.contact_id, t.search_key, t.channel) IS NOT DISTINCT FROM (p_company, p_contact, v_key, p_channel));
    INSERT INTO iduo.talk (login, company_id, contact_id, search_key, channel, since, until)
    VALUES (session_user, p_company, p_contact, v_key, p_channel, v_now, v_now + interval '2 minutes')
    ON CONFLICT (login) DO UPDATE SET company_id = excluded.company_id, contact_id = excluded.contact_id, search_key = excluded.search_key,
        channel = excluded.channel, since = CASE WHEN v_same THEN talk.since ELSE excluded.since END, until = excluded.until;
    -- whose program ended without a word; not what may be said again right now, so that nobody waits for another
    DELETE FROM iduo.talk t WHERE t.login IN (SELECT x.login FROM iduo.talk x WHERE x.until <= v_now - interval '1 hour' FOR UPDATE SKIP LOCKED);
    IF NOT v_same THEN
        INSERT INTO iduo.change (table_name) VALUES ('talk');
    END IF;
END $$;

CREATE FUNCTION api.end_talk() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    DELETE FROM iduo.talk t WHERE t.login = session_user;
    IF FOUND THEN
        INSERT INTO iduo.change (table_name) VALUES ('talk');
    END IF;
END $$;

CREATE FUNCTION api.talks()
RETURNS TABLE (company_id bigint, contact_id bigint, search_key text, channel text, who text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT t.company_id, t.contact_id, t.search_key, t.channel, iduo.name_of(t.login), t.since FROM iduo.talk t
        WHERE t.until > clock_timestamp() AND t.login <> session_user ORDER BY t.since, t.login;
END $$;

-- A colleague who is speaking with this party now: the same client, the same person, or any number of theirs.
CREATE OR REPLACE FUNCTION iduo.who_speaks(p_company bigint, p_contact bigint, p_address text) RETURNS TABLE (who text, since timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_contact bigint := iduo.who_stayed(p_contact);
    v_numbers text[];
BEGIN
    IF NOT EXISTS (SELECT FROM iduo.talk t WHERE t.until > clock_timestamp() AND t.login <> session_user) THEN
        RETURN;
    END IF;
    v_numbers := ARRAY(SELECT k.search_key FROM iduo.keys_of(ARRAY[p_company], ARRAY[1::bigint], ARRAY[v_contact]) k)
        || iduo.used_key(p_company, v_contact, p_address);
    RETURN QUERY SELECT iduo.name_of(t.login), t.since FROM iduo.talk t
        WHERE t.until > clock_timestamp() AND t.login <> session_user
          AND (t.company_id = p_company OR t.contact_id = v_contact OR t.search_key <> '' AND t.search_key = ANY (v_numbers))
        ORDER BY t.since, t.login LIMIT 1;
END $$;

GRANT EXECUTE ON FUNCTION api.begin_talk, api.end_talk TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.talks TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
