-- What the guard does about chats that nobody answers and visitors who left.
SET LOCAL ROLE iduo_owner;

-- Who was not seen for so long has left. While the service itself is away, or came back a moment ago, nobody could be seen; whoever was not for an
-- hour has left all the same.
CREATE OR REPLACE FUNCTION iduo.visitors_gone_before() RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT clock_timestamp() - g.minutes - CASE WHEN EXISTS (
            SELECT FROM iduo.heartbeat h WHERE h.service = 'chat' AND h.beat_at > clock_timestamp() - interval '40 s' AND h.started_at < clock_timestamp() - g.minutes)
        THEN interval '0' ELSE interval '1 hour' END
    FROM (SELECT make_interval(mins => iduo.setting('chat_gone_minutes')::integer)) AS g(minutes)
$$;

-- What the guard does: a chat that nobody answered in time, whose operator does not work here any more, or that waits for somebody who left or
-- pauses, is offered to the others; after twice that time the visitor is offered to leave a message; who was not seen any more has left. A few at
-- a time, and nothing that somebody holds right now.
CREATE FUNCTION api.guard_chats()
RETURNS TABLE (given_back integer, offered integer, ended integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_late timestamptz;
    v_very_late timestamptz;
    v_gone timestamptz;
    v_there text[];
    v_why text;
    c iduo.chat;
BEGIN
    PERFORM iduo.require('guard');
    v_late := clock_timestamp() - make_interval(mins => iduo.setting('chat_unanswered_minutes')::integer);
    v_very_late := v_late - make_interval(mins => iduo.setting('chat_unanswered_minutes')::integer);
    v_gone := iduo.visitors_gone_before();
    v_there := ARRAY(SELECT h.login FROM iduo.here() h WHERE NOT EXISTS (SELECT FROM iduo.pause p WHERE p.login = h.login AND p.ended_at IS NULL));
    given_back := 0;
    ended := 0;
    FOR c IN SELECT x.* FROM iduo.chat x JOIN iduo.chat_presence p ON p.chat_id = x.id WHERE x.state <> 'ended' AND p.seen_at < v_gone
             ORDER BY x.id LIMIT 200 FOR NO KEY UPDATE OF x SKIP LOCKED LOOP
        PERFORM iduo.end_chat_of(c, 'silence', 'No supimos más del visitante.');
        ended := ended + 1;
    END LOOP;
    FOR c IN SELECT x.* FROM iduo.chat x WHERE x.state <> 'ended' AND (x.state = 'attended' OR x.asked_for IS NOT NULL)
             AND (x.waits_since < v_late OR x.asked_for <> ALL (v_there) OR NOT EXISTS (
                 SELECT FROM iduo.staff s WHERE s.login = coalesce(x.attended_by, x.asked_for) AND s.active))
             ORDER BY x.id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED LOOP
        IF c.state = 'attended' THEN
            -- whoever holds his own call does not keep the others' visitors waiting
            CONTINUE WHEN (SELECT k.id FROM iduo.call k WHERE k.id = c.call_id FOR NO KEY UPDATE SKIP LOCKED) IS NULL;
            v_why := CASE WHEN c.waits_since < v_late THEN 'Nadie le contestó' ELSE 'Quien lo atendía ya no está' END;
            UPDATE iduo.call k SET ended_at = greatest(clock_timestamp(), k.starts_at), outcome = 'handed_on', note = v_why || ': se ofreció a los demás.'
            WHERE k.id = c.call_id AND k.ended_at IS NULL;
        END IF;
        UPDATE iduo.chat x SET state = 'waiting', handed_by = coalesce(c.attended_by, x.handed_by), asked_for = NULL, attended_by = NULL, attended_at = NULL,
            handed_note = CASE c.state WHEN 'attended' THEN v_why || '.' ELSE x.handed_note END, call_id = NULL,
            waits_since = coalesce(x.waits_since, clock_timestamp()) WHERE x.id = c.id;
        given_back := given_back + 1;
    END LOOP;
    UPDATE iduo.chat x SET offered_at = clock_timestamp() FROM (
        SELECT w.id FROM iduo.chat w WHERE w.state = 'waiting' AND w.offered_at IS NULL
          AND CASE WHEN w.handed_by IS NULL THEN w.queued_at ELSE coalesce(w.waits_since, w.queued_at) END < v_very_late
        ORDER BY w.id LIMIT 200 FOR NO KEY UPDATE SKIP LOCKED) late
    WHERE x.id = late.id;
    GET DIAGNOSTICS offered = ROW_COUNT;
    RETURN NEXT;
END $$;
GRANT EXECUTE ON FUNCTION api.guard_chats TO iduo_guard;
RESET ROLE;
