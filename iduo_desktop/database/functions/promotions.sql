-- Promotions: which one helps with a case, and what the client said to it. Each answer is a contact of the purpose promotion.
SET LOCAL ROLE iduo_owner;

-- The promotions that may be offered today in these cases, the best first: those made for some plans, then those that end soonest.
-- `open`: not accepted, not declined within the promotions' window, and the client has not had too many of them in it.
CREATE OR REPLACE FUNCTION iduo.offers(p_cases bigint[])
RETURNS TABLE (case_id bigint, promotion_id integer, answer text, answered_at timestamptz, open boolean, place bigint)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT c.id, p.id, a.promotion_answer, a.at,
           a.promotion_answer IS DISTINCT FROM 'accepted' AND NOT (a.promotion_answer IS NOT DISTINCT FROM 'declined' AND a.at > w.since)
           AND (SELECT count(*) FROM iduo.attempt x WHERE x.company_id = c.company_id AND x.promotion_id IS NOT NULL
                AND x.undone_at IS NULL AND x.at > w.since) < w.most,
           row_number() OVER (PARTITION BY c.id ORDER BY p.plans = '{}', coalesce(p.valid_until, 'infinity'), p.id)
    FROM (SELECT clock_timestamp() - make_interval(days => q.window_days) AS since, q.limit_5 AS most
          FROM iduo.contact_policy q WHERE q.purpose = 'promotion') w,
         iduo.promotion p CROSS JOIN iduo.case c
    LEFT JOIN LATERAL (SELECT x.promotion_answer, x.at FROM iduo.attempt x
                       WHERE x.company_id = c.company_id AND x.promotion_id = p.id AND x.undone_at IS NULL ORDER BY x.id DESC LIMIT 1) a ON true
    WHERE c.id = ANY (p_cases) AND c.company_id IS NOT NULL AND p.active
      AND iduo.today() BETWEEN coalesce(p.valid_from, '-infinity') AND coalesce(p.valid_until, 'infinity')
      AND (p.lists = '{}' OR c.list = ANY (p.lists))
      AND (p.plans = '{}' OR lower(c.plan) IN (SELECT lower(x) FROM unnest(p.plans) x))
$$;

-- The promotion to begin with in each of these cases.
CREATE OR REPLACE FUNCTION iduo.suggestions(p_cases bigint[]) RETURNS TABLE (case_id bigint, title text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT DISTINCT ON (o.case_id) o.case_id, p.title FROM iduo.offers(p_cases) o JOIN iduo.promotion p ON p.id = o.promotion_id
    WHERE o.open ORDER BY o.case_id, o.place
$$;

CREATE FUNCTION api.case_promotions(p_case bigint)
RETURNS TABLE (id integer, title text, text text, valid_until date, open boolean, answer text, answered_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT p.id, p.title, p.text, p.valid_until, o.open, o.answer, o.answered_at
        FROM iduo.offers(ARRAY[p_case]) o JOIN iduo.promotion p ON p.id = o.promotion_id ORDER BY NOT o.open, o.place LIMIT 50;
END $$;

-- What was said within a contact that one registered in the last half hour belongs to it and is not counted again.
CREATE FUNCTION api.answer_promotion(p_case bigint, p_promotion integer, p_answer text, p_channel text, p_direction text, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('promotion', p_case::text, p_promotion::text, p_answer, p_channel, p_direction);
    v_case iduo.case;
    v_title text;
    v_counted boolean;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT p.title INTO v_title FROM iduo.promotion p WHERE p.id = p_promotion;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa promoción ya no está.');
    ELSIF p_answer IS NULL OR p_answer NOT IN ('offered', 'accepted', 'declined') THEN
        PERFORM iduo.refuse_field('answer', 'Elegí qué dijo el cliente.');
    ELSIF p_channel IS NULL OR p_channel NOT IN ('call', 'whatsapp', 'email', 'sms', 'chat') THEN
        PERFORM iduo.refuse_field('channel', 'Elegí el medio.');
    ELSIF p_direction IS NULL OR p_direction NOT IN ('outbound', 'inbound') THEN
        PERFORM iduo.refuse_field('direction', 'Decí quién se comunicó.');
    END IF;
    PERFORM iduo.lock_client_of(p_case);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own(v_case, true);
        IF v_case.company_id IS NULL THEN
            PERFORM iduo.refuse('Una promoción se ofrece a un cliente, y esta persona no lo es.');
        END IF;
        v_counted := NOT iduo.in_contact(p_case);
        IF p_direction = 'outbound' THEN
            PERFORM iduo.need_rest_for_promotion(v_case, p_channel, v_counted);
        END IF;
        event := iduo.add_event(v_case, 'attempt', iduo.promotion_word(p_answer) || ': ' || v_title, '', p_key, v_hash);
        INSERT INTO iduo.attempt (event_id, case_id, company_id, channel, direction, promotion_id, promotion_answer, counted, by)
        VALUES (event, p_case, v_case.company_id, p_channel, p_direction, p_promotion, p_answer, v_counted, session_user);
        PERFORM iduo.count_contact(p_case, p_channel, v_counted);
    END IF;
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.promotion_word(p_answer text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_answer WHEN 'offered' THEN 'Promoción ofrecida' WHEN 'accepted' THEN 'Promoción aceptada' ELSE 'Promoción rechazada' END
$$;

-- True while what is said belongs to a contact that one registered with this case in the last half hour.
CREATE OR REPLACE FUNCTION iduo.in_contact(p_case bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM iduo.attempt a WHERE a.case_id = p_case AND a.by = session_user AND a.counted AND a.undone_at IS NULL
                   AND a.at > clock_timestamp() - interval '30 minutes')
$$;

-- True when the contact that is being registered was counted already, with the promotion that was offered in it: a contact of ours never belongs to
-- one of the client's.
DROP FUNCTION IF EXISTS iduo.counted_with_promotion(bigint);
CREATE OR REPLACE FUNCTION iduo.counted_with_promotion(p_case bigint, p_direction text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce((SELECT a.promotion_id IS NOT NULL AND (a.direction = 'outbound' OR p_direction = 'inbound') AND NOT EXISTS (SELECT FROM iduo.attempt b WHERE b.case_id = p_case
                            AND b.by = session_user AND b.undone_at IS NULL AND b.promotion_id IS NULL AND b.id > a.id)
        FROM iduo.attempt a WHERE a.case_id = p_case AND a.by = session_user AND a.counted AND a.undone_at IS NULL
          AND a.at > clock_timestamp() - interval '30 minutes' ORDER BY a.id DESC LIMIT 1), false)
$$;

CREATE OR REPLACE FUNCTION iduo.count_contact(p_case bigint, p_channel text, p_counted boolean) RETURNS void
LANGUAGE sql SET search_path = '' AS $$
    UPDATE iduo.case c SET touched_at = clock_timestamp(), version = c.version + 1,
        last_contact_at = CASE WHEN p_counted THEN clock_timestamp() ELSE c.last_contact_at END,
        -- what was due is done
        next_action_at = CASE WHEN NOT p_counted OR c.next_action_at > clock_timestamp() THEN c.next_action_at END,
        attempts = c.attempts + p_counted::integer, calls = c.calls + (p_counted AND p_channel = 'call')::integer,
        whatsapps = c.whatsapps + (p_counted AND p_channel = 'whatsapp')::integer,
        emails = c.emails + (p_counted AND p_channel = 'email')::integer, sms = c.sms + (p_counted AND p_channel = 'sms')::integer,
        chats = c.chats + (p_counted AND p_channel = 'chat')::integer
    WHERE c.id = p_case
$$;

-- A client who is not to be contacted is contacted with a reason, which the strip of contacts asks for; the promotion goes with that contact.
-- Who is on a list for promotions has not to be offered one in another contact either, unless that one had a reason.
CREATE OR REPLACE FUNCTION iduo.need_rest_for_promotion(p_case iduo.case, p_channel text, p_counted boolean) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contact iduo.attempt;
    s record;
BEGIN
    SELECT * INTO v_contact FROM iduo.attempt a WHERE a.case_id = p_case.id AND a.by = session_user AND a.counted AND a.undone_at IS NULL
        AND a.at > clock_timestamp() - interval '30 minutes' ORDER BY a.id DESC LIMIT 1;
    PERFORM iduo.one_after_the_other(p_case.company_id, p_case.contact_id, coalesce(v_contact.address, ''));
    SELECT * INTO s FROM iduo.standing(p_case.company_id, p_case.contact_id, coalesce(v_contact.address, ''), p_channel, 'promotion', clock_timestamp());
    IF NOT s.allowed AND (p_counted OR s.hinder = 'listed' AND v_contact.direction = 'outbound' AND v_contact.override_reason = '') THEN
        PERFORM iduo.refuse(s.reason || CASE WHEN p_counted THEN ' Registrá antes el contacto con su motivo (Ctrl+L); después, la promoción.'
                                             ELSE ' No le ofrezcas promociones.' END);
    END IF;
END $$;

-- What clients said to each promotion between two days, both included; in the shape of the counts of surveys.
CREATE FUNCTION api.promotion_counts(p_first date, p_last date)
RETURNS TABLE (field text, label text, option text, option_label text, count bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY
        SELECT p.id::text, p.title, a.promotion_answer, replace(iduo.promotion_word(a.promotion_answer), 'Promoción ', ''), count(*)
        FROM iduo.promotion p JOIN iduo.attempt a ON a.promotion_id = p.id AND a.undone_at IS NULL
        WHERE a.at >= coalesce(p_first::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires', '-infinity')
          AND a.at < coalesce((p_last + 1)::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires', 'infinity')
        GROUP BY p.id, p.title, a.promotion_answer ORDER BY p.title, p.id, 5 DESC, 4;
END $$;
GRANT EXECUTE ON FUNCTION api.case_promotions TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.answer_promotion TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.promotion_counts TO iduo_coordinator, iduo_admin;
RESET ROLE;
