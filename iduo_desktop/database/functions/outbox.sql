-- The gateway's functions: what it takes, what became of it, what came in. Its role may do nothing else.
-- A message is marked as being sent, and that is committed, before the provider is called; what is not told within a minute is doubtful for ever,
-- unless its worker or the provider says later what became of it. A worker that lost an answer of the database goes on under a new id.
SET LOCAL ROLE iduo_owner;

-- The gateway runs, for these channels; "" is no complaint.
CREATE FUNCTION api.gateway_beat(p_started_at timestamptz, p_channels text[], p_complaint text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_channels text[];
BEGIN
    PERFORM iduo.require('gateway');
    v_channels := ARRAY(SELECT DISTINCT c FROM unnest(p_channels) c WHERE c IN ('email', 'sms') ORDER BY c);
    INSERT INTO iduo.heartbeat AS h (service, pid, started_at, beat_at, channels, complaint)
    VALUES ('gateway', pg_backend_pid(), coalesce(p_started_at, clock_timestamp()), clock_timestamp(), v_channels, left(coalesce(p_complaint, ''), 500))
    ON CONFLICT (service) DO UPDATE SET pid = excluded.pid, started_at = excluded.started_at, beat_at = excluded.beat_at, channels = excluded.channels,
        complaint = excluded.complaint;
END $$;

-- Messages that are due, marked as being sent by this worker; tries counts this one.
CREATE FUNCTION api.gateway_take(p_channels text[], p_limit integer, p_worker uuid)
RETURNS TABLE (message_id bigint, key uuid, channel text, address text, subject text, text text, message_ref text, reply_to_ref text, tries integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('gateway');
    IF p_worker IS NULL THEN
        PERFORM iduo.refuse('Falta quién los toma.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM iduo.let_rest(p_channels);
    RETURN QUERY
        WITH due AS (
            SELECT o.message_id FROM iduo.outbox o WHERE o.taken_at IS NULL AND o.next_try_at <= clock_timestamp() AND o.channel = ANY (p_channels)
            ORDER BY o.next_try_at, o.message_id LIMIT greatest(1, least(coalesce(p_limit, 1), 100)) FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE iduo.outbox o SET taken_at = clock_timestamp(), worker = p_worker, tries = o.tries + 1 FROM due d WHERE o.message_id = d.message_id
            RETURNING o.message_id, o.tries
        )
        UPDATE iduo.message m SET state = 'sending', error = '', settled_at = NULL FROM taken t WHERE m.id = t.message_id
        RETURNING m.id, m.key, m.channel, m.address, m.subject, m.text, m.message_ref, m.reply_to_ref, t.tries::integer;
END $$;

-- What waited long, for a gateway that stood still or for another try, does not go out at an hour at which nobody may write: it rests until
-- it may, unless there was a reason to write at any hour.
CREATE OR REPLACE FUNCTION iduo.let_rest(p_channels text[]) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_ids bigint[] := ARRAY(SELECT q.message_id FROM iduo.outbox q WHERE q.taken_at IS NULL AND q.next_try_at <= v_now AND q.channel = ANY (p_channels)
                            ORDER BY q.next_try_at, q.message_id LIMIT 100);
    m record;
    q record;
BEGIN
    FOR m IN SELECT x.id, x.purpose, x.case_id FROM iduo.message x WHERE x.id = ANY (v_ids) AND x.at < v_now - interval '10 min' LOOP
        SELECT w.why, w.until, n.safe_when INTO q FROM iduo.case c JOIN iduo.contact_policy p ON p.purpose = m.purpose
            LEFT JOIN iduo.contact n ON n.id = c.contact_id CROSS JOIN LATERAL iduo.quiet_at(p, v_now) w WHERE c.id = m.case_id;
        IF (q.why <> '' OR NOT iduo.safe_at(q.safe_when, v_now))
            AND NOT EXISTS (SELECT FROM iduo.attempt a WHERE a.message_id = m.id AND a.override_reason <> '') THEN
            UPDATE iduo.outbox o SET next_try_at = coalesce(least(q.until, v_now + interval '366 days'), v_now + interval '10 min')
            WHERE o.message_id = m.id AND o.taken_at IS NULL;
        END IF;
    END LOOP;
END $$;

-- What a worker says of what it took: the message, locked; nothing when it is not his any more, or was said before.
CREATE OR REPLACE FUNCTION iduo.taken_by(p_message bigint, p_worker uuid) RETURNS iduo.outbox
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_row iduo.outbox;
BEGIN
    SELECT * INTO v_row FROM iduo.outbox o WHERE o.message_id = p_message AND o.worker = p_worker FOR UPDATE;
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN v_row;
END $$;

-- Where a message stands now.
CREATE OR REPLACE FUNCTION iduo.state_of_message(p_message bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT m.state FROM iduo.message m WHERE m.id = p_message $$;

-- It went out, also when it was given up as doubtful meanwhile.
CREATE FUNCTION api.gateway_sent(p_message bigint, p_worker uuid, p_provider_id text)
RETURNS TABLE (state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('gateway');
    IF (iduo.taken_by(p_message, p_worker)).message_id IS NOT NULL THEN
        UPDATE iduo.message m SET state = 'sent', error = '', settled_at = clock_timestamp(), provider_id = left(coalesce(p_provider_id, ''), 250)
        WHERE m.id = p_message AND m.state IN ('sending', 'doubtful');
        DELETE FROM iduo.outbox o WHERE o.message_id = p_message;
    END IF;
    RETURN QUERY SELECT iduo.state_of_message(p_message);
END $$;

-- It certainly did not go out. Again: after 1, 5, 15 and 60 minutes, five tries in all.
CREATE FUNCTION api.gateway_failed(p_message bigint, p_worker uuid, p_error text, p_again boolean)
RETURNS TABLE (state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_row iduo.outbox;
    v_wait interval;
BEGIN
    PERFORM iduo.require('gateway');
    v_row := iduo.taken_by(p_message, p_worker);
    IF v_row.message_id IS NOT NULL THEN
        v_wait := (ARRAY['1 min', '5 min', '15 min', '60 min'])[v_row.tries]::interval;
        IF p_again AND v_wait IS NOT NULL AND iduo.state_of_message(p_message) = 'sending' THEN
            UPDATE iduo.message m SET state = 'waiting', error = left(coalesce(p_error, ''), 500) WHERE m.id = p_message;
            UPDATE iduo.outbox o SET taken_at = NULL, worker = NULL, next_try_at = clock_timestamp() + v_wait WHERE o.message_id = p_message;
        ELSE
            UPDATE iduo.message m SET state = 'failed', error = left(coalesce(p_error, ''), 500), settled_at = clock_timestamp()
            WHERE m.id = p_message AND m.state IN ('sending', 'doubtful');
            DELETE FROM iduo.outbox o WHERE o.message_id = p_message;
        END IF;
    END IF;
    RETURN QUERY SELECT iduo.state_of_message(p_message);
END $$;

-- Nobody knows whether it went out. Its row stays: who took it may still find out.
CREATE FUNCTION api.gateway_doubtful(p_message bigint, p_worker uuid, p_error text)
RETURNS TABLE (state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('gateway');
    IF (iduo.taken_by(p_message, p_worker)).message_id IS NOT NULL THEN
        UPDATE iduo.message m SET state = 'doubtful', error = left(coalesce(p_error, ''), 500), settled_at = clock_timestamp()
        WHERE m.id = p_message AND m.state = 'sending';
    END IF;
    RETURN QUERY SELECT iduo.state_of_message(p_message);
END $$;

-- What others took more than a minute ago and said nothing of: it is never sent again by itself.
CREATE FUNCTION api.gateway_recover(p_worker uuid)
RETURNS TABLE (recovered integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('gateway');
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN QUERY
        WITH left_behind AS (
            SELECT o.message_id FROM iduo.outbox o JOIN iduo.message m ON m.id = o.message_id AND m.state = 'sending'
            WHERE o.taken_at < clock_timestamp() - interval '60 s' AND o.worker IS DISTINCT FROM p_worker FOR UPDATE OF o SKIP LOCKED
        ), given_up AS (
            UPDATE iduo.message m SET state = 'doubtful', settled_at = clock_timestamp(), error = 'La pasarela se cortó mientras lo enviaba.'
            FROM left_behind l WHERE m.id = l.message_id AND m.state = 'sending' RETURNING m.id
        ) SELECT count(*)::integer FROM given_up;
END $$;

-- What the provider says later of a message that he took, or a mail server of ours, by the identifier that we gave it.
CREATE FUNCTION api.gateway_delivery(p_provider_id text, p_delivered boolean, p_error text)
RETURNS TABLE (state text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_message bigint;
BEGIN
    PERFORM iduo.require('gateway');
    SELECT x.id INTO v_message FROM (
        SELECT m.id FROM iduo.message m WHERE m.provider_id COLLATE "C" = p_provider_id AND m.provider_id <> '' AND m.direction = 'outbound'
        UNION SELECT m.id FROM iduo.message m WHERE m.message_ref COLLATE "C" = p_provider_id AND m.message_ref <> '' AND m.direction = 'outbound') x
    ORDER BY x.id DESC LIMIT 1;
    PERFORM FROM iduo.outbox o WHERE o.message_id = v_message FOR UPDATE;
    IF p_delivered THEN
        UPDATE iduo.message m SET state = 'sent', error = '', settled_at = clock_timestamp() WHERE m.id = v_message AND m.state = 'doubtful';
    ELSE
        UPDATE iduo.message m SET state = 'failed', error = left(coalesce(nullif(p_error, ''), 'El proveedor no lo pudo entregar.'), 500),
            settled_at = clock_timestamp() WHERE m.id = v_message AND m.state IN ('sent', 'doubtful');
    END IF;
    DELETE FROM iduo.outbox o USING iduo.message m WHERE o.message_id = v_message AND m.id = v_message AND m.state IN ('sent', 'failed');
    RETURN QUERY SELECT m.state FROM iduo.message m WHERE m.id = v_message;
END $$;

-- The day's batch: once a working day, from the hour that was set on. Who is told that it is due has begun it, and says how it ended;
-- who says nothing may have mailed it, so that it is not due again. What failed is due again after a quarter of an hour, five times in all.
CREATE FUNCTION api.gateway_batch_due(p_now timestamptz DEFAULT NULL)
RETURNS TABLE (day date, addresses text[], due boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_local timestamp;
BEGIN
    PERFORM iduo.require('gateway');
    p_now := CASE WHEN p_now BETWEEN '2000-01-01' AND '2999-12-31' THEN p_now ELSE clock_timestamp() END;
    v_local := p_now AT TIME ZONE 'America/Argentina/Buenos_Aires';
    day := v_local::date;
    addresses := iduo.addresses_in(iduo.setting('batch_mail_to'));
    due := false;
    IF iduo.setting('batch_mail_on')::boolean AND addresses <> '{}' AND to_char(v_local, 'HH24:MI') COLLATE "C" >= iduo.setting('batch_mail_at')
        AND EXISTS (SELECT FROM iduo.working_hours w WHERE w.weekday = extract(isodow FROM v_local) AND w.opens IS NOT NULL)
        AND NOT EXISTS (SELECT FROM iduo.holiday h WHERE h.day = v_local::date) THEN
        PERFORM set_config('synchronous_commit', 'on', true);
        INSERT INTO iduo.batch_mail AS b (day, taken_at) VALUES (v_local::date, p_now) ON CONFLICT (day) DO UPDATE
            SET state = 'begun', tries = b.tries + 1, taken_at = excluded.taken_at, error = ''
            WHERE b.state = 'failed' AND b.tries < 5 AND b.taken_at <= p_now - interval '15 min';
        due := FOUND;
    END IF;
    RETURN NEXT;
END $$;

-- How it ended: with "" it was mailed, or there was nothing to send (no batch); else it certainly was not.
CREATE FUNCTION api.gateway_batch_mailed(p_day date, p_batch bigint, p_error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('gateway');
    UPDATE iduo.batch_mail b SET state = CASE WHEN coalesce(p_error, '') = '' THEN 'mailed' ELSE 'failed' END, batch_id = p_batch,
        error = left(coalesce(p_error, ''), 500) WHERE b.day = p_day AND b.state = 'begun';
END $$;

CREATE OR REPLACE FUNCTION iduo.addresses_in(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(array_agg(a ORDER BY n), '{}') FROM regexp_split_to_table(coalesce(p_text, ''), '[\s,;]+') WITH ORDINALITY AS x(a, n)
    WHERE a ~ '^[^@\s<>,;:"()\\]+@[^@\s<>,;:"()\\]+\.[^@\s.<>,;:"()\\]+$'
$$;

-- For who looks after it: whether it runs, what waits, what nobody knows of, what belongs to nobody, and what it complains of.
CREATE FUNCTION api.gateway_state()
RETURNS TABLE (running boolean, started_at timestamptz, beat_at timestamptz, channels text[], waiting integer, doubtful integer, failed_today integer,
               complaint text, unattended integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_midnight timestamptz;
BEGIN
    PERFORM iduo.require('admin', 'coordinator');
    v_midnight := iduo.today()::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires';
    RETURN QUERY SELECT coalesce(h.beat_at > clock_timestamp() - interval '60 s', false), h.started_at, h.beat_at, coalesce(h.channels, '{}'),
            (SELECT count(*)::integer FROM iduo.message m WHERE m.state IN ('waiting', 'sending')),
            (SELECT count(*)::integer FROM iduo.message m WHERE m.state = 'doubtful'
             AND NOT EXISTS (SELECT FROM iduo.message r WHERE r.resend_of = m.id AND r.state <> 'cancelled')),
            (SELECT count(*)::integer FROM iduo.message m WHERE m.state = 'failed' AND m.settled_at >= v_midnight),
            coalesce(nullif(h.complaint, ''), iduo.complaint_of_batch(), ''),
            (SELECT count(*)::integer FROM iduo.message m WHERE m.case_id IS NULL AND m.read_at IS NULL AND m.text <> '(borrado)')
        FROM (SELECT) one LEFT JOIN iduo.heartbeat h ON h.service = 'gateway';
END $$;

-- What is amiss with the last batch that was to be mailed.
CREATE OR REPLACE FUNCTION iduo.complaint_of_batch() RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT CASE WHEN b.state = 'failed' THEN 'El lote del día no salió por mail: ' || b.error
                WHEN b.state = 'begun' AND b.taken_at < clock_timestamp() - interval '10 min' THEN 'No sabemos si el lote del día salió por mail.' END
    FROM (SELECT * FROM iduo.batch_mail x ORDER BY x.day DESC LIMIT 1) b
$$;
GRANT EXECUTE ON FUNCTION api.gateway_beat, api.gateway_take, api.gateway_sent, api.gateway_failed, api.gateway_doubtful, api.gateway_recover,
    api.gateway_delivery, api.gateway_batch_due, api.gateway_batch_mailed TO iduo_gateway;
GRANT EXECUTE ON FUNCTION api.gateway_state TO iduo_admin, iduo_coordinator;
RESET ROLE;
