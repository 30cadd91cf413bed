-- How often somebody was contacted, and whether one may contact him now: over every channel, desk and operator, by person and by number.
SET LOCAL ROLE iduo_owner;

-- For each client, and each person in cases of his own: his level (0 to 5), contacts in the window in all and by channel, and until
-- when he is on pause.
CREATE OR REPLACE FUNCTION iduo.pressures(p_companies bigint[], p_contacts bigint[])
RETURNS TABLE (company_id bigint, contact_id bigint, level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer,
               paused_until timestamptz)
LANGUAGE sql STABLE SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
    WITH policy AS MATERIALIZED (
        SELECT p.*, make_interval(days => p.window_days) AS span FROM iduo.contact_policy p
        WHERE p.purpose = iduo.setting('contact_purpose')
    ), weighed AS (
        SELECT a.company_id, a.contact_id, a.channel, a.at, p.span,
               CASE a.channel WHEN 'call' THEN p.weight_call WHEN 'whatsapp' THEN p.weight_whatsapp
                              WHEN 'email' THEN p.weight_email WHEN 'sms' THEN p.weight_sms ELSE p.weight_chat END AS weight
        FROM policy p, (
            SELECT x.company_id, NULL::bigint AS contact_id, x.channel, x.at FROM unnest(p_companies) AS c(id)
            JOIN LATERAL (SELECT x.company_id, x.channel, x.at FROM iduo.attempt x
                          WHERE x.company_id = c.id AND x.direction = 'outbound' AND x.undone_at IS NULL AND x.counted
                            AND x.at > clock_timestamp() - (SELECT span FROM policy)) x ON true
            UNION ALL
            SELECT NULL, k.contact_id, x.channel, x.at FROM unnest(p_contacts) AS c(id) JOIN iduo.case k ON k.contact_id = c.id
            JOIN LATERAL (SELECT x.channel, x.at FROM iduo.attempt x
                          WHERE x.case_id = k.id AND x.direction = 'outbound' AND x.undone_at IS NULL AND x.counted
                            AND x.at > clock_timestamp() - (SELECT span FROM policy)) x ON true) a
    ), summed AS (
        SELECT w.*, sum(w.weight) OVER (PARTITION BY w.company_id, w.contact_id) AS total,
               sum(w.weight) OVER (PARTITION BY w.company_id, w.contact_id ORDER BY w.at ROWS UNBOUNDED PRECEDING) AS gone
        FROM weighed w
    ), counted AS (
        SELECT s.company_id, s.contact_id, max(s.total) AS total, count(*)::integer AS attempts,
               count(*) FILTER (WHERE s.channel = 'call')::integer AS calls,
               count(*) FILTER (WHERE s.channel = 'whatsapp')::integer AS whatsapps,
               count(*) FILTER (WHERE s.channel = 'email')::integer AS emails,
               count(*) FILTER (WHERE s.channel = 'sms')::integer AS sms,
               count(*) FILTER (WHERE (s.at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date = iduo.today()) AS today,
               min(s.at + s.span) FILTER (WHERE s.total - s.gone < (SELECT limit_5 FROM policy)) AS relieved_at
        FROM summed s GROUP BY s.company_id, s.contact_id
    )
    SELECT c.company_id, c.contact_id,
           CASE WHEN c.total >= p.limit_5 OR c.today >= p.daily_limit THEN 5 WHEN c.total >= p.limit_4 THEN 4
                WHEN c.total >= p.limit_3 THEN 3 WHEN c.total >= p.limit_2 THEN 2 WHEN c.total >= p.limit_1 THEN 1 ELSE 0 END,
           c.attempts, c.calls, c.whatsapps, c.emails, c.sms,
           CASE WHEN c.total >= p.limit_5 THEN c.relieved_at
                WHEN c.today >= p.daily_limit THEN (iduo.today() + 1 + time '09:00') AT TIME ZONE 'America/Argentina/Buenos_Aires' END
    FROM counted c, policy p
$$;

-- How often him whom a case is about was contacted: the client, or the person where there is none.
CREATE OR REPLACE FUNCTION iduo.pressure_of(p_company bigint, p_contact bigint)
RETURNS TABLE (level integer, attempts integer, calls integer, whatsapps integer, emails integer, sms integer, paused_until timestamptz)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT p.level, p.attempts, p.calls, p.whatsapps, p.emails, p.sms, p.paused_until
    FROM iduo.pressures(CASE WHEN p_company IS NOT NULL THEN ARRAY[p_company] ELSE '{}' END,
                        CASE WHEN p_company IS NULL THEN ARRAY[p_contact] ELSE '{}' END) p
$$;

-- An outgoing contact, now, with a client, a person or just an address (a telephone as typed or E.164, or a mail address); "" is none.
-- Purpose "" is the one of the cases. What hinders takes a reason: refused with field override_reason when there is none.
-- Contacts with one party or one number are counted one after the other until the end of the transaction. The reason to be kept is the answer.
CREATE OR REPLACE FUNCTION iduo.need_allowed(p_company bigint, p_contact bigint, p_address text, p_channel text, p_purpose text, p_override_reason text)
RETURNS text
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF btrim(coalesce(p_override_reason, '')) = '' THEN
        PERFORM iduo.need_rest(p_company, p_contact);
    END IF;
    RETURN left(btrim(coalesce(p_override_reason, '')), 500);
END $$;
RESET ROLE;
