-- How often somebody was contacted, and whether one may contact him now: over every channel, desk and operator, by person and by number.
SET LOCAL ROLE iduo_owner;

-- The number or address by which any spelling is found: the last ten national digits without 54, 9, 0 and 15, or small letters. Less than six
-- digits are no number. As phones.py does it; a number from abroad without its country only when it is somebody's here (iduo.used_key).
CREATE OR REPLACE FUNCTION iduo.address_key(p_address text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_text text := lower(btrim(coalesce(p_address, '')));
    v_digits text;
    v_area text;
BEGIN
    IF position('@' IN v_text) > 0 THEN
        RETURN left(v_text, 254);
    END IF;
    v_text := regexp_replace(v_text, '[\s,;(]*\m(?:interno|int|extensi[oó]n|ext|x)\M\W*\d{1,6}\W*$', '');
    v_digits := regexp_replace(v_text, '[^0-9]', '', 'g');
    IF (ltrim(v_text, ' (') ^@ '+' OR v_digits ^@ '00' AND length(v_digits) > 11) AND NOT ltrim(v_digits, '0') ^@ '54' THEN
        v_digits := right(ltrim(v_digits, '0'), 10);
    ELSE
        v_digits := ltrim(v_digits, '0');
        IF v_digits ^@ '54' AND length(v_digits) >= 12 THEN
            v_digits := ltrim(substr(v_digits, 3), '0');
        END IF;
        IF v_digits ^@ '9' AND length(v_digits) >= 11 THEN
            v_digits := ltrim(substr(v_digits, 2), '0');
        END IF;
        -- area codes have 2 digits (11 only), 3 or 4; with the local part always 10
        v_digits := CASE WHEN length(v_digits) <> 12 THEN v_digits
            WHEN v_digits ~ '^1115' THEN '11' || substr(v_digits, 5)
            WHEN v_digits ~ '^(?!11)\d{3}15' THEN left(v_digits, 3) || substr(v_digits, 6)
            WHEN v_digits ~ '^(?!11)\d{4}15' THEN left(v_digits, 4) || substr(v_digits, 7) ELSE v_digits END;
        IF v_digits ^@ '15' AND length(v_digits) <= 10 THEN
            v_digits := substr(v_digits, 3);
        END IF;
        IF length(v_digits) BETWEEN 6 AND 8 THEN
            v_area := iduo.setting('area_code');
            IF length(v_digits) + length(v_area) = 10 THEN
                v_digits := v_area || v_digits;
            END IF;
        END IF;
        v_digits := right(v_digits, 10);
    END IF;
    RETURN CASE WHEN length(v_digits) >= 6 THEN v_digits ELSE '' END;
END $$;

-- The same for what was used to reach somebody: as it is kept with him, else as it reads.
CREATE OR REPLACE FUNCTION iduo.used_key(p_company bigint, p_contact bigint, p_address text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN coalesce(p_address, '') = '' THEN '' ELSE coalesce(
        (SELECT f.search_key FROM iduo.company_phone f WHERE f.company_id = p_company AND p_address IN (f.e164, f.typed) AND length(f.search_key) >= 6 LIMIT 1),
        (SELECT f.search_key FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND p_address IN (f.e164, f.typed) AND length(f.search_key) >= 6 LIMIT 1),
        iduo.address_key(p_address)) END
$$;

-- A contact knows whom it was for, which number it used and what it was for, whoever wrote it.
CREATE OR REPLACE FUNCTION iduo.know_attempt() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    NEW.contact_id := coalesce(NEW.contact_id, (SELECT c.contact_id FROM iduo.case c WHERE c.id = NEW.case_id));
    NEW.purpose := coalesce(NEW.purpose, CASE WHEN NEW.promotion_id IS NOT NULL THEN 'promotion' ELSE iduo.setting('contact_purpose') END);
    NEW.search_key := CASE WHEN coalesce(NEW.search_key, '') <> '' THEN NEW.search_key
                           ELSE iduo.used_key(NEW.company_id, NEW.contact_id, NEW.address) END;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS know ON iduo.attempt;
CREATE TRIGGER know BEFORE INSERT ON iduo.attempt FOR EACH ROW EXECUTE FUNCTION iduo.know_attempt();

-- The settings below keep to the indexes: what is looked for is always few among very many, whatever the planner makes of arrays.

-- A person with all who were made one with him; for a client, his contacts (of very many, the newest).
CREATE OR REPLACE FUNCTION iduo.people_behind(p_companies bigint[], p_contacts bigint[]) RETURNS TABLE (party bigint, contact_id bigint)
LANGUAGE sql STABLE SET search_path = '' SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    WITH RECURSIVE one AS (
        SELECT u.n AS party, c.id FROM ROWS FROM (unnest(p_companies)) WITH ORDINALITY AS u(company, n)
        JOIN LATERAL (SELECT x.id FROM iduo.contact x WHERE x.company_id = u.company ORDER BY x.id DESC LIMIT 500) c ON true
        UNION SELECT u.n, u.contact FROM ROWS FROM (unnest(p_contacts)) WITH ORDINALITY AS u(contact, n) WHERE u.contact IS NOT NULL
        UNION SELECT o.party, n.id FROM one o JOIN iduo.contact n ON n.merged_into = o.id)
    SELECT o.party, o.id FROM one o
$$;

-- The numbers and addresses of these parties by which they are reached.
CREATE OR REPLACE FUNCTION iduo.keys_of(p_companies bigint[], p_parties bigint[], p_people bigint[]) RETURNS TABLE (party bigint, search_key text, mail boolean)
LANGUAGE sql STABLE SET search_path = '' SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
    SELECT u.n, f.search_key, false FROM ROWS FROM (unnest(p_companies)) WITH ORDINALITY AS u(company, n)
    JOIN iduo.company_phone f ON f.company_id = u.company WHERE NOT f.removed AND f.valid AND length(f.search_key) >= 6
    UNION SELECT u.n, lower(m.address), true FROM ROWS FROM (unnest(p_companies)) WITH ORDINALITY AS u(company, n)
    JOIN iduo.company_email m ON m.company_id = u.company WHERE NOT m.removed AND m.valid
    UNION SELECT p.party, f.search_key, false FROM unnest(p_parties, p_people) AS p(party, contact)
    JOIN iduo.contact_phone f ON f.contact_id = p.contact WHERE NOT f.removed AND f.valid AND length(f.search_key) >= 6
    UNION SELECT p.party, lower(m.address), true FROM unnest(p_parties, p_people) AS p(party, contact)
    JOIN iduo.contact_email m ON m.contact_id = p.contact WHERE NOT m.removed AND m.valid
$$;

-- Every outgoing contact with these parties between two moments, each once for a party: of cases (messages leave theirs there), calls of the agenda
-- and the helpline, tickets read out in calls of ours. By person (a client and his contacts, or one person) and by number, whoever it belongs to.
-- An answer that was read out in a call of his own was no call of ours.
-- The party's place in the arrays is its name; a key is one more number, the one that is to be used.
CREATE OR REPLACE FUNCTION iduo.outgoing(p_companies bigint[], p_contacts bigint[], p_keys text[], p_since timestamptz, p_until timestamptz)
RETURNS TABLE (party bigint, channel text, at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' SET plan_cache_mode = 'force_generic_plan' SET enable_seqscan = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
    v_parties bigint[];
    v_people bigint[];
    v_owners bigint[];
    v_numbers text[];
BEGIN
    SELECT array_agg(p.party), array_agg(p.contact_id) INTO v_parties, v_people FROM iduo.people_behind(p_companies, p_contacts) p;
    SELECT array_agg(k.party), array_agg(k.search_key) INTO v_owners, v_numbers FROM (
        SELECT k.party, k.search_key FROM iduo.keys_of(p_companies, v_parties, v_people) k
        UNION SELECT u.n, u.key FROM ROWS FROM (unnest(p_keys)) WITH ORDINALITY AS u(key, n) WHERE u.key <> '') k;
    RETURN QUERY
        SELECT f.party, f.channel, f.at FROM (
            SELECT c.party, 'attempt' AS kind, a.id, a.channel, a.at FROM ROWS FROM (unnest(p_companies)) WITH ORDINALITY AS c(company, party)
            JOIN iduo.attempt a ON a.company_id = c.company
            WHERE a.direction = 'outbound' AND a.undone_at IS NULL AND a.counted AND a.at > p_since AND a.at <= p_until
            UNION SELECT p.party, 'attempt', a.id, a.channel, a.at FROM unnest(v_parties, v_people) AS p(party, contact)
            JOIN iduo.attempt a ON a.contact_id = p.contact
            WHERE a.direction = 'outbound' AND a.undone_at IS NULL AND a.counted AND a.at > p_since AND a.at <= p_until
            UNION SELECT k.party, 'attempt', a.id, a.channel, a.at FROM unnest(v_owners, v_numbers) AS k(party, search_key)
            JOIN iduo.attempt a ON a.search_key COLLATE "C" = k.search_key AND a.search_key <> ''
            WHERE a.direction = 'outbound' AND a.undone_at IS NULL AND a.counted AND a.at > p_since AND a.at <= p_until
            UNION SELECT p.party, 'call', c.id, 'call', coalesce(c.finished_at, c.starts_at) FROM unnest(v_parties, v_people) AS p(party, contact)
            JOIN iduo.call_contact m ON m.contact_id = p.contact JOIN iduo.call c ON c.id = m.call_id
            WHERE c.direction = 'outbound' AND c.state <> 'planned' AND coalesce(c.finished_at, c.starts_at) > p_since
              AND coalesce(c.finished_at, c.starts_at) <= p_until
            UNION SELECT u.party, 'call', c.id, 'call', coalesce(c.finished_at, c.starts_at) FROM ROWS FROM (unnest(p_companies)) WITH ORDINALITY AS u(company, party)
            JOIN iduo.case k ON k.company_id = u.company JOIN iduo.call c ON c.case_id = k.id
            WHERE c.direction = 'outbound' AND c.state <> 'planned' AND coalesce(c.finished_at, c.starts_at) > p_since
              AND coalesce(c.finished_at, c.starts_at) <= p_until
            UNION SELECT u.party, 'ticket', t.id, 'call', t.communicated_at FROM ROWS FROM (unnest(p_companies)) WITH ORDINALITY AS u(company, party)
            JOIN iduo.ticket t ON t.company_id = u.company
            WHERE t.state = 'communicated' AND t.communicated_at > p_since AND t.communicated_at <= p_until AND NOT EXISTS (
                SELECT FROM iduo.call_ticket m JOIN iduo.call c ON c.id = m.call_id WHERE m.ticket_id = t.id AND m.how = 'communicated' AND c.direction = 'inbound')
            UNION SELECT p.party, 'ticket', t.id, 'call', t.communicated_at FROM unnest(v_parties, v_people) AS p(party, contact)
            JOIN iduo.ticket t ON t.contact_id = p.contact
            WHERE t.state = 'communicated' AND t.communicated_at > p_since AND t.communicated_at <= p_until AND NOT EXISTS (
                SELECT FROM iduo.call_ticket m JOIN iduo.call c ON c.id = m.call_id WHERE m.ticket_id = t.id AND m.how = 'communicated' AND c.direction = 'inbound')
            UNION SELECT k.party, 'ticket', t.id, 'call', t.communicated_at FROM unnest(v_owners, v_numbers) AS k(party, search_key)
            JOIN iduo.ticket t ON t.phone_key COLLATE "C" = k.search_key AND t.phone_key <> ''
            WHERE t.state = 'communicated' AND t.communicated_at > p_since AND t.communicated_at <= p_until AND NOT EXISTS (
                SELECT FROM iduo.call_ticket m JOIN iduo.call c ON c.id = m.call_id WHERE m.ticket_id = t.id AND m.how = 'communicated' AND c.direction = 'inbound')) f;
END $$;

-- When a day begins here.
CREATE OR REPLACE FUNCTION iduo.midnight(p_day date) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT p_day::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires' $$;

-- Each party by a policy at a moment: its level, contacts in the window in all and by channel; the limit that is reached (level, daily, weekly)
-- and when every one of them is relieved. Days and weeks are those of here; the window counts hours, so that no clock's change moves it.
CREATE OR REPLACE FUNCTION iduo.measured(p_companies bigint[], p_contacts bigint[], p_keys text[], p_policy iduo.contact_policy, p_at timestamptz)
RETURNS TABLE (party bigint, level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer, hinder text,
               paused_until timestamptz, today integer, week integer)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    w iduo.contact_policy := p_policy;
    v_span interval := make_interval(hours => 24 * p_policy.window_days);
    v_today date := (p_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date;
    v_day timestamptz := iduo.midnight(v_today);
    v_week timestamptz := iduo.midnight(v_today - extract(isodow FROM v_today)::integer + 1);
BEGIN
    RETURN QUERY
        WITH made AS (
            SELECT o.party, o.channel, o.at, o.at > p_at - v_span AS inside,
                   CASE o.channel WHEN 'call' THEN w.weight_call WHEN 'whatsapp' THEN w.weight_whatsapp WHEN 'email' THEN w.weight_email
                                  WHEN 'sms' THEN w.weight_sms ELSE w.weight_chat END AS weight
            FROM iduo.outgoing(p_companies, p_contacts, p_keys, least(p_at - v_span, v_week - interval '1 microsecond'), p_at) o
        ), summed AS (
            SELECT m.*, sum(m.weight) FILTER (WHERE m.inside) OVER (PARTITION BY m.party) AS total,
                   sum(m.weight) FILTER (WHERE m.inside) OVER (PARTITION BY m.party ORDER BY m.at ROWS UNBOUNDED PRECEDING) AS gone
            FROM made m
        ), counted AS (
            SELECT s.party, coalesce(max(s.total), 0) AS total, count(*) FILTER (WHERE s.inside)::integer AS attempts,
                   count(*) FILTER (WHERE s.inside AND s.channel = 'call')::integer AS calls,
                   count(*) FILTER (WHERE s.inside AND s.channel = 'whatsapp')::integer AS whatsapps,
                   count(*) FILTER (WHERE s.inside AND s.channel = 'email')::integer AS emails,
                   count(*) FILTER (WHERE s.inside AND s.channel = 'sms')::integer AS sms,
                   count(*) FILTER (WHERE s.at >= v_day)::integer AS today, count(*) FILTER (WHERE s.at >= v_week)::integer AS week,
                   min(s.at + v_span) FILTER (WHERE s.inside AND s.total - s.gone < w.limit_5) AS relieved_at
            FROM summed s GROUP BY s.party
        )
        SELECT c.party, CASE WHEN h.hinder <> '' THEN 5 WHEN c.total >= w.limit_4 THEN 4 WHEN c.total >= w.limit_3 THEN 3
                             WHEN c.total >= w.limit_2 THEN 2 WHEN c.total >= w.limit_1 THEN 1 ELSE 0 END,
               c.attempts, c.calls, c.whatsapps, c.emails, c.sms, h.hinder,
               greatest(CASE WHEN c.total >= w.limit_5 THEN c.relieved_at END, CASE WHEN c.today >= w.daily_limit THEN iduo.midnight(v_today + 1) END,
                        CASE WHEN c.week >= w.weekly_limit THEN iduo.midnight(v_today - extract(isodow FROM v_today)::integer + 8) END),
               c.today, c.week
        FROM counted c, LATERAL (SELECT CASE WHEN c.total >= w.limit_5 THEN 'level' WHEN c.today >= w.daily_limit THEN 'daily'
                                             WHEN c.week >= w.weekly_limit THEN 'weekly' ELSE '' END AS hinder) h;
END $$;

-- For each client, and each person in cases of his own: his level (0 to 5), contacts in the window in all and by channel, and until
-- when he is on pause.
CREATE OR REPLACE FUNCTION iduo.pressures(p_companies bigint[], p_contacts bigint[])
RETURNS TABLE (company_id bigint, contact_id bigint, level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer,
               paused_until timestamptz)
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_companies bigint[] := p_companies || array_fill(NULL::bigint, ARRAY[cardinality(p_contacts)]);
    v_contacts bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(p_companies)]) || p_contacts;
    v_policy iduo.contact_policy;
BEGIN
    SELECT * INTO v_policy FROM iduo.contact_policy p WHERE p.purpose = iduo.setting('contact_purpose');
    RETURN QUERY SELECT v_companies[m.party], v_contacts[m.party], m.level, m.attempts, m.calls, m.whatsapps, m.emails, m.sms, m.paused_until
        FROM iduo.measured(v_companies, v_contacts, '{}', v_policy, clock_timestamp()) m;
END $$;

-- How often him whom a case is about was contacted: the client, or the person where there is none.
CREATE OR REPLACE FUNCTION iduo.pressure_of(p_company bigint, p_contact bigint)
RETURNS TABLE (level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer, paused_until timestamptz)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT p.level, p.attempts, p.calls, p.whatsapps, p.emails, p.sms, p.paused_until
    FROM iduo.pressures(CASE WHEN p_company IS NOT NULL THEN ARRAY[p_company] ELSE '{}' END,
                        CASE WHEN p_company IS NULL THEN ARRAY[p_contact] ELSE '{}' END) p
$$;

-- When somebody was last really spoken with: a result that says so, whoever called; a call of the agenda that was held; an answer that was read out.
CREATE OR REPLACE FUNCTION iduo.last_conversation(p_company bigint, p_contact bigint, p_key text, p_since timestamptz, p_until timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_people bigint[] := ARRAY(SELECT p.contact_id FROM iduo.people_behind(ARRAY[p_company], ARRAY[p_contact]) p);
    v_numbers text[] := ARRAY(SELECT k.search_key FROM iduo.keys_of(ARRAY[p_company], array_fill(1::bigint, ARRAY[cardinality(v_people)]), v_people) k) || p_key;
BEGIN
    RETURN greatest(
        (SELECT max(a.at) FROM iduo.case k JOIN iduo.attempt a ON a.case_id = k.id JOIN iduo.disposition d ON d.id = a.disposition_id AND d.reached
         WHERE (k.company_id = p_company OR k.contact_id = ANY (v_people)) AND a.undone_at IS NULL AND a.at > p_since AND a.at <= p_until),
        (SELECT max(a.at) FROM unnest(v_numbers) n(search_key) JOIN iduo.attempt a ON a.search_key COLLATE "C" = n.search_key AND a.search_key <> ''
         JOIN iduo.disposition d ON d.id = a.disposition_id AND d.reached
         WHERE a.direction = 'outbound' AND a.counted AND a.undone_at IS NULL AND a.at > p_since AND a.at <= p_until),
        (SELECT max(coalesce(c.finished_at, c.starts_at)) FROM iduo.call c
         WHERE c.id IN (SELECT m.call_id FROM iduo.call_contact m WHERE m.contact_id = ANY (v_people)
                        UNION SELECT x.id FROM iduo.case k JOIN iduo.call x ON x.case_id = k.id WHERE k.company_id = p_company)
           AND c.state = 'held' AND coalesce(c.finished_at, c.starts_at) > p_since AND coalesce(c.finished_at, c.starts_at) <= p_until),
        (SELECT max(t.communicated_at) FROM iduo.ticket t WHERE t.state = 'communicated' AND t.communicated_at > p_since AND t.communicated_at <= p_until
         AND t.company_id = p_company),
        (SELECT max(t.communicated_at) FROM iduo.ticket t WHERE t.state = 'communicated' AND t.communicated_at > p_since AND t.communicated_at <= p_until
         AND t.contact_id = ANY (v_people)),
        (SELECT max(t.communicated_at) FROM unnest(v_numbers) n(search_key) JOIN iduo.ticket t ON t.phone_key COLLATE "C" = n.search_key AND t.phone_key <> ''
         WHERE t.state = 'communicated' AND t.communicated_at > p_since AND t.communicated_at <= p_until));
END $$;

-- How a party stands, and whether one may contact him at a moment.
CREATE OR REPLACE FUNCTION iduo.standing(p_company bigint, p_contact bigint, p_address text, p_channel text, p_purpose text, p_at timestamptz)
RETURNS TABLE (level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer, allowed boolean, hinder text, reason text,
               next_at timestamptz, warnings text[])
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_policy iduo.contact_policy;
    v_key text;
    v_gap timestamptz;
    l record;
    m record;
    q record;
BEGIN
    SELECT * INTO v_policy FROM iduo.contact_policy p WHERE p.purpose = coalesce(nullif(p_purpose, ''), iduo.setting('contact_purpose'));
    p_contact := iduo.who_stayed(p_contact);
    v_key := iduo.used_key(p_company, p_contact, p_address);
    SELECT * INTO m FROM iduo.measured(ARRAY[p_company], ARRAY[p_contact], ARRAY[v_key], v_policy, p_at);
    SELECT * INTO l FROM iduo.listed(p_company, p_contact, v_key, p_channel, v_policy.purpose, p_at);
    SELECT * INTO q FROM iduo.quiet_at(v_policy, p_at);
    IF v_policy.gap_hours > 0 THEN
        v_gap := iduo.last_conversation(p_company, p_contact, v_key, p_at - make_interval(hours => v_policy.gap_hours), p_at) + make_interval(hours => v_policy.gap_hours);
    END IF;
    hinder := CASE WHEN l.hinders THEN 'listed' WHEN m.hinder <> '' THEN m.hinder WHEN v_gap IS NOT NULL THEN 'gap' ELSE q.why END;
    allowed := hinder = '';
    next_at := CASE WHEN allowed THEN p_at WHEN l.until < 'infinity' OR NOT l.hinders THEN
        iduo.first_unquiet(v_policy, greatest(p_at, m.paused_until, v_gap, l.until), p_at + interval '8784 hours') END;
    reason := iduo.hinder_words(hinder, next_at, v_policy, l.what, coalesce(m.today, 0), coalesce(m.week, 0), p_at);
    RETURN QUERY SELECT coalesce(m.level, 0), coalesce(m.attempts, 0), coalesce(m.calls, 0), coalesce(m.whatsapps, 0), coalesce(m.emails, 0),
        coalesce(m.sms, 0), allowed, hinder, reason, next_at, l.warnings || iduo.unsafe_words(p_company, p_contact, v_key);
END $$;

CREATE OR REPLACE FUNCTION iduo.times(p_count integer) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT CASE p_count WHEN 1 THEN '1 vez' ELSE p_count || ' veces' END $$;

-- Why one is not to contact somebody now, in a sentence.
CREATE OR REPLACE FUNCTION iduo.hinder_words(p_hinder text, p_next timestamptz, p_policy iduo.contact_policy, p_what text, p_today integer, p_week integer,
                                             p_at timestamptz) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE p_hinder
        WHEN 'listed' THEN format('No hay que contactarlo: %s.', p_what) || u.since
        WHEN 'level' THEN u.pause || ': ya lo contactamos muchas veces.'
        WHEN 'daily' THEN u.pause || format(': hoy ya lo contactamos %s, y el máximo por día es %s.', iduo.times(p_today), p_policy.daily_limit)
        WHEN 'weekly' THEN u.pause || format(': esta semana ya lo contactamos %s, y el máximo por semana es %s.', iduo.times(p_week), p_policy.weekly_limit)
        WHEN 'gap' THEN format('Hace menos de %s horas que hablamos con él: que descanse%s.', p_policy.gap_hours, coalesce(' hasta ' || iduo.spoken(p_next), ''))
        WHEN 'holiday' THEN format('Es feriado (%s) y no se contacta a nadie.',
                (SELECT h.name FROM iduo.holiday h WHERE h.day = (p_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date)) || u.since
        WHEN 'quiet' THEN 'A esa hora no se contacta a nadie.' || u.since
        ELSE '' END
    FROM (SELECT 'Está en pausa' || coalesce(' hasta ' || iduo.spoken(p_next), ''), coalesce(' Se puede desde ' || iduo.spoken(p_next) || '.', '')) AS u(pause, since)
$$;

-- What hinders nothing and is to be known: that a telephone is not safe.
CREATE OR REPLACE FUNCTION iduo.unsafe_words(p_company bigint, p_contact bigint, p_key text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM iduo.contact_phone f WHERE f.contact_id = p_contact AND f.search_key = p_key AND f.safe IS FALSE AND NOT f.removed)
                     OR EXISTS (SELECT FROM iduo.contact_email m WHERE m.contact_id = p_contact AND lower(m.address) = p_key AND m.safe IS FALSE AND NOT m.removed)
                THEN ARRAY['Está marcado como no seguro.'] ELSE '{}' END
$$;

-- An outgoing contact, now, with a client, a person or just an address (a telephone as typed or E.164, or a mail address); "" is none.
-- Purpose "" is the one of the cases. What hinders takes a reason: refused with field override_reason when there is none.
-- Contacts with one party or one number are counted one after the other until the end of the transaction, so this comes after lock_client_of and
-- lock_case, and before the attempt is put in. The reason to be kept is the answer.
CREATE OR REPLACE FUNCTION iduo.need_allowed(p_company bigint, p_contact bigint, p_address text, p_channel text, p_purpose text, p_override_reason text)
RETURNS text
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    s record;
BEGIN
    PERFORM iduo.one_after_the_other(p_company, p_contact, p_address);
    IF iduo.blank(p_override_reason) THEN
        SELECT * INTO s FROM iduo.standing(p_company, p_contact, p_address, p_channel, p_purpose, clock_timestamp());
        IF NOT s.allowed THEN
            PERFORM iduo.refuse_field('override_reason', s.reason || ' Para seguir igual, escribí por qué.');
        END IF;
        RETURN '';
    END IF;
    RETURN left(btrim(coalesce(p_override_reason, '')), 500);
END $$;

-- Locks of the party and of each number by which it is reached, always in one order; what is read afterwards sees all that was counted before.
-- There are 1,024 of them: one for each number would let one transaction with many numbers fill the server's table of locks.
CREATE OR REPLACE FUNCTION iduo.one_after_the_other(p_company bigint, p_contact bigint, p_address text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_lock bigint;
BEGIN
    FOR v_lock IN
        SELECT DISTINCT hashtextextended('contact', 0) + (hashtextextended(x.name, 0) & 1023) FROM (
            SELECT 'c' || p_company AS name UNION SELECT 'p' || p_contact UNION SELECT nullif(iduo.used_key(p_company, p_contact, p_address), '')
            UNION SELECT k.search_key FROM iduo.keys_of(ARRAY[p_company], ARRAY[1::bigint], ARRAY[p_contact]) k) x
        WHERE x.name IS NOT NULL ORDER BY 1
    LOOP
        PERFORM pg_advisory_xact_lock(v_lock);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_party(p_company bigint, p_contact bigint, p_address text, p_channel text, p_purpose text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_company IS NULL AND p_contact IS NULL AND btrim(coalesce(p_address, '')) = '' THEN
        PERFORM iduo.refuse_field('address', 'Elegí a quién, o escribí un número o un mail.');
    ELSIF length(p_address) > 254 THEN
        PERFORM iduo.refuse_field('address', 'El número o el mail es demasiado largo.');
    ELSIF p_channel IS NULL OR p_channel NOT IN ('call', 'whatsapp', 'email', 'sms', 'chat') THEN
        PERFORM iduo.refuse_field('channel', 'Elegí el medio.');
    ELSIF coalesce(p_purpose, '') NOT IN ('', 'service', 'collection', 'promotion') THEN
        PERFORM iduo.refuse_field('purpose', 'Esa finalidad no existe.');
    END IF;
END $$;

-- Says how often, whether and why: never whose a number is, nor whether anybody of that id exists.
CREATE FUNCTION api.contact_pressure(p_company bigint, p_contact bigint, p_address text, p_channel text, p_purpose text DEFAULT '')
RETURNS TABLE (level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer, allowed boolean, hinder text, reason text,
               next_at timestamptz, warnings text[], speaking text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    PERFORM iduo.check_party(p_company, p_contact, p_address, p_channel, p_purpose);
    RETURN QUERY SELECT s.*, coalesce(t.who, ''), t.since FROM iduo.standing(p_company, p_contact, p_address, p_channel, p_purpose, clock_timestamp()) s
        LEFT JOIN iduo.who_speaks(p_company, p_contact, p_address) t ON true;
    PERFORM iduo.count_rows_read(1);
END $$;

-- For whoever decides the policy: the same at another moment, with the contacts that there were by then.
CREATE FUNCTION api.try_contact_pressure(p_company bigint, p_contact bigint, p_address text, p_channel text, p_purpose text, p_at timestamptz)
RETURNS TABLE (level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer, allowed boolean, hinder text, reason text,
               next_at timestamptz, warnings text[], speaking text, since timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_party(p_company, p_contact, p_address, p_channel, p_purpose);
    IF p_at IS NULL OR p_at NOT BETWEEN clock_timestamp() - interval '8784 hours' AND clock_timestamp() + interval '8784 hours' THEN
        PERFORM iduo.refuse_field('at', 'Como mucho un año antes o después de hoy.');
    END IF;
    RETURN QUERY SELECT s.*, '', NULL::timestamptz FROM iduo.standing(p_company, p_contact, p_address, p_channel, p_purpose, p_at) s;
    PERFORM iduo.count_rows_read(1);
END $$;

GRANT EXECUTE ON FUNCTION api.contact_pressure TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.try_contact_pressure TO iduo_admin;
RESET ROLE;
