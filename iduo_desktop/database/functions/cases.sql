-- Every move that a case can make. Each leaves an event; its key makes asking again harmless, its before-image is what undo gives back.
SET LOCAL ROLE iduo_owner;

-- The event that this key left before, or nothing. A key of somebody else, or with other contents, is refused.
CREATE OR REPLACE FUNCTION iduo.replayed(p_key uuid, p_hash bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    r iduo.case_event;
BEGIN
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    SELECT * INTO r FROM iduo.case_event e WHERE e.key = p_key;
    IF FOUND AND (r."by" <> session_user OR r.payload_hash IS DISTINCT FROM p_hash) THEN
        RAISE EXCEPTION 'Ese pedido ya se hizo con otros datos.' USING ERRCODE = '23505';
    END IF;
    RETURN r.id;
END $$;

CREATE OR REPLACE FUNCTION iduo.hash(VARIADIC p_values text[]) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT sha256(convert_to(to_jsonb(p_values)::text, 'UTF8')) $$;

-- Lock an existing case; the row as it is now.
CREATE OR REPLACE FUNCTION iduo.lock_case(p_case bigint) RETURNS iduo.case
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case iduo.case;
BEGIN
    SELECT * INTO v_case FROM iduo.case c WHERE c.id = p_case FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese caso no existe.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    RETURN v_case;
END $$;

-- The row of him whom it is about first, where two cases of one matter to each other: order is who works here, client, case.
CREATE OR REPLACE FUNCTION iduo.lock_client_of(p_case bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    PERFORM FROM iduo.company o WHERE o.id = (SELECT c.company_id FROM iduo.case c WHERE c.id = p_case) FOR NO KEY UPDATE;
    PERFORM FROM iduo.contact n WHERE n.id = (SELECT c.contact_id FROM iduo.case c WHERE c.id = p_case AND c.company_id IS NULL) FOR NO KEY UPDATE;
END $$;

-- What undo puts back: the columns that moves of a case change.
CREATE OR REPLACE FUNCTION iduo.image(p_case iduo.case) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT jsonb_object_agg(c.key, c.value) FROM jsonb_each(to_jsonb(p_case)) c
    WHERE c.key IN ('list', 'state', 'assigned_to', 'assigned_at', 'touched_at', 'last_contact_at', 'next_action_at', 'attempts', 'calls',
        'whatsapps', 'emails', 'sms', 'chats', 'move_reason', 'move_until', 'closed_at', 'closed_by', 'closing_reason', 'closing_status',
        'priority', 'risk')
$$;

CREATE OR REPLACE FUNCTION iduo.add_event(p_before iduo.case, p_kind text, p_detail text, p_note text, p_key uuid, p_hash bytea) RETURNS bigint
LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO iduo.case_event (case_id, company_id, kind, by, detail, note, before, version_after, key, payload_hash)
    VALUES (p_before.id, p_before.company_id, p_kind, session_user, left(p_detail, 500), coalesce(p_note, ''), iduo.image(p_before),
            p_before.version + 1, p_key, p_hash)
    RETURNING id
$$;

-- Refuse unless the case is open and one's own (a coordinator may work on anybody's).
CREATE OR REPLACE FUNCTION iduo.need_own(p_case iduo.case, p_coordinator boolean) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_case.state <> 'open' THEN
        PERFORM iduo.refuse('El caso ya está cerrado.');
    ELSIF p_case.assigned_to IS DISTINCT FROM session_user AND NOT (p_coordinator AND iduo.may('coordinator')) THEN
        PERFORM iduo.refuse(CASE WHEN p_case.assigned_to IS NULL THEN 'Primero tomá el caso (Ctrl+T).'
                                 ELSE format('Lo está atendiendo %s. Tomalo cuando quede libre.', iduo.name_of(p_case.assigned_to)) END);
    END IF;
END $$;

-- A person's open cases are counted under a lock on his own row, so the limit holds in parallel too.
CREATE OR REPLACE FUNCTION iduo.need_room(p_key uuid) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_limit integer := iduo.setting('open_cases_limit')::integer;
BEGIN
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = session_user) >= v_limit
        AND NOT EXISTS (SELECT FROM iduo.case_event e WHERE e.key = p_key) THEN
        PERFORM iduo.refuse(format('Ya tenés %s casos abiertos, el máximo. Cerrá o liberá alguno antes de tomar otro.', v_limit));
    END IF;
END $$;

-- One conditional UPDATE takes a free case; who comes second reads whose it is.
CREATE OR REPLACE FUNCTION iduo.take(p_before iduo.case, p_kind text, p_detail text, p_key uuid, p_hash bytea) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    UPDATE iduo.case c SET assigned_to = session_user, assigned_at = clock_timestamp(), touched_at = clock_timestamp(), version = version + 1
    WHERE c.id = p_before.id AND c.state = 'open' AND c.version = p_before.version;
    PERFORM iduo.count_rows_read(1);  -- it is among one's own from now on, and those are not counted
    RETURN iduo.add_event(p_before, p_kind, p_detail, '', p_key, p_hash);
END $$;

CREATE FUNCTION api.take_case(p_case bigint, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_hash bytea := iduo.hash('take', p_case::text);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.need_room(p_key);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        IF v_case.state <> 'open' THEN
            PERFORM iduo.refuse('El caso ya está cerrado.');
        ELSIF v_case.assigned_to = session_user THEN
            PERFORM iduo.refuse('Ya es tuyo: está en «Mis asignados».');
        ELSIF v_case.assigned_to IS NOT NULL AND NOT iduo.lapsed(v_case.touched_at) THEN
            PERFORM iduo.refuse(format('%s lo está atendiendo desde %s.', iduo.name_of(v_case.assigned_to), iduo.spoken(v_case.assigned_at)));
        END IF;
        event := iduo.take(v_case, 'taken', '', p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

-- F8: one's own due callback first, else the first free case of the list in work order, skipping what others hold right now.
CREATE FUNCTION api.take_next_case(p_list text, p_filter jsonb, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, callback boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('next', p_list, p_filter::text);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    event := iduo.replayed(p_key, v_hash);
    callback := false;
    IF event IS NOT NULL THEN
        RETURN QUERY SELECT e.id, e.case_id, false FROM iduo.case_event e WHERE e.key = p_key;
        RETURN;
    END IF;
    SELECT c.id INTO case_id FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = session_user AND c.next_action_at <= clock_timestamp()
        ORDER BY c.next_action_at, c.id LIMIT 1;
    IF FOUND THEN
        callback := true;
        RETURN NEXT;
        RETURN;
    END IF;
    IF p_list IS NULL OR p_list NOT IN ('suspended', 'delinquent', 'withdrawn', 'active') THEN
        RETURN;
    END IF;
    PERFORM iduo.need_room(p_key);
    PERFORM iduo.return_untouched(p_list);
    v_case := iduo.first_free(p_list, coalesce(p_filter, '{}'));
    IF v_case.id IS NOT NULL THEN
        PERFORM set_config('synchronous_commit', 'on', true);
        event := iduo.take(v_case, 'taken', '', p_key, v_hash);
        case_id := v_case.id;
        RETURN NEXT;
    END IF;
END $$;

-- The first free case of a list in work order, locked; the filter narrows it as it narrows the list.
CREATE OR REPLACE FUNCTION iduo.first_free(p_list text, p_filter jsonb) RETURNS iduo.case
LANGUAGE plpgsql SET search_path = '' SET plan_cache_mode = 'force_custom_plan' AS $$
DECLARE
    v_case iduo.case;
    v_now timestamptz := clock_timestamp();
    v_plan text := p_filter ->> 'plan';
    v_locality text := p_filter ->> 'locality';
    v_extended jsonb := p_filter -> 'extended';
    v_today date := iduo.today();
    v_before timestamptz := CASE WHEN (p_filter ->> 'not_contacted_today')::boolean
                                 THEN v_today::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires' ELSE 'infinity' END;
    v_clients bigint[] := CASE WHEN btrim(coalesce(p_filter ->> 'text', '')) <> '' THEN iduo.matching_companies(p_filter ->> 'text', p_list) END;
    v_persons bigint[] := CASE WHEN v_clients IS NOT NULL THEN iduo.matching_persons(p_filter ->> 'text', p_list) END;
    v_never boolean := coalesce(p_filter -> 'never_contacted' = 'true', false);
    v_leveled bigint[] := CASE WHEN p_filter ->> 'level' <> '0' THEN iduo.cases_at_level(p_list, p_filter ->> 'level', NULL) END;
    v_contacted bigint[] := CASE WHEN p_filter ->> 'level' = '0' THEN iduo.parties_of(1, 5, NULL) END;
BEGIN
    SELECT * INTO v_case FROM iduo.case c
    WHERE c.state = 'open' AND c.assigned_to IS NULL AND c.list = p_list AND c.next_action_at <= v_now AND c.work_key < v_before
      AND (v_plan IS NULL OR c.plan = v_plan) AND (v_locality IS NULL OR c.locality = v_locality)
      AND (v_extended IS DISTINCT FROM 'true' OR c.extended_until >= v_today)
      AND (v_extended IS DISTINCT FROM 'false' OR c.extended_until IS NULL OR c.extended_until < v_today)
      AND (v_clients IS NULL OR c.company_id = ANY (v_clients) OR c.contact_id = ANY (v_persons))
      AND (v_leveled IS NULL OR c.id = ANY (v_leveled)) AND (v_contacted IS NULL OR coalesce(c.company_id, -c.contact_id) <> ALL (v_contacted))
      AND (NOT v_never OR c.last_contact_at IS NULL)
    ORDER BY c.next_action_at, c.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        SELECT * INTO v_case FROM iduo.case c
        WHERE c.state = 'open' AND c.assigned_to IS NULL AND c.list = p_list AND c.next_action_at IS NULL
          AND c.work_key < v_before AND (v_plan IS NULL OR c.plan = v_plan) AND (v_locality IS NULL OR c.locality = v_locality)
          AND (v_extended IS DISTINCT FROM 'true' OR c.extended_until >= v_today)
      AND (v_extended IS DISTINCT FROM 'false' OR c.extended_until IS NULL OR c.extended_until < v_today)
          AND (v_clients IS NULL OR c.company_id = ANY (v_clients) OR c.contact_id = ANY (v_persons))
          AND (v_leveled IS NULL OR c.id = ANY (v_leveled)) AND (v_contacted IS NULL OR coalesce(c.company_id, -c.contact_id) <> ALL (v_contacted))
          AND (NOT v_never OR c.last_contact_at IS NULL)
        ORDER BY c.work_key, c.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    END IF;
    RETURN v_case;
END $$;

-- Cases that were taken and left untouched go back to their list (NULL: to any) when somebody looks for work, and when the guard looks: no
-- service is needed for it. One that somebody holds right now is left to him.
DROP FUNCTION IF EXISTS iduo.return_untouched(text);
CREATE FUNCTION iduo.return_untouched(p_list text) RETURNS integer
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case iduo.case;
    v_lapse timestamptz := iduo.lapse();  -- asked once: the index cannot serve a moment that moves
    v_count integer := 0;
BEGIN
    FOR v_case IN
        SELECT * FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to IS NOT NULL AND (p_list IS NULL OR c.list = p_list) AND c.touched_at < v_lapse
        ORDER BY c.touched_at LIMIT 20 FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        PERFORM iduo.add_event(v_case, 'returned', 'sin movimiento: lo tenía ' || iduo.name_of(v_case.assigned_to), '', NULL, NULL);
        UPDATE iduo.case c SET assigned_to = NULL, assigned_at = NULL, version = version + 1 WHERE c.id = v_case.id;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;

CREATE FUNCTION api.take_over_case(p_case bigint, p_reason text, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_hash bytea := iduo.hash('take over', p_case::text, p_reason);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('coordinator');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué se lo quitás: lo va a ver quien lo tenía.', 500);
    PERFORM iduo.need_room(p_key);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        IF v_case.state <> 'open' THEN
            PERFORM iduo.refuse('El caso ya está cerrado.');
        ELSIF v_case.assigned_to = session_user THEN
            PERFORM iduo.refuse('Ya es tuyo: está en «Mis asignados».');
        END IF;
        event := iduo.take(v_case, 'taken_over', coalesce('lo tenía ' || iduo.name_of(v_case.assigned_to) || ': ', '') || p_reason, p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.release_case(p_case bigint, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_hash bytea := iduo.hash('release', p_case::text);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own(v_case, false);
        UPDATE iduo.case c SET assigned_to = NULL, assigned_at = NULL, version = version + 1 WHERE c.id = p_case;
        event := iduo.add_event(v_case, 'released', '', '', p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.list_label(p_list text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_list WHEN 'active' THEN 'Activos' WHEN 'suspended' THEN 'Suspendidos' WHEN 'delinquent' THEN 'Morosos'
                       WHEN 'withdrawn' THEN 'Retirados' END
$$;

CREATE FUNCTION api.move_case(p_case bigint, p_to text, p_reason text, p_until date, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_hash bytea := iduo.hash('move', p_case::text, p_to, p_reason, p_until::text);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF iduo.list_label(p_to) IS NULL THEN
        PERFORM iduo.refuse_field('to', 'Elegí a qué lista va.');
    END IF;
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué lo movés.', 500);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own(v_case, true);
        IF v_case.list = p_to THEN
            PERFORM iduo.refuse_field('to', format('Ya está en «%s».', iduo.list_label(p_to)));
        ELSIF p_until < iduo.today() THEN
            PERFORM iduo.refuse_field('until', 'Esa fecha ya pasó.');
        ELSIF p_until > iduo.today() + 366 THEN
            PERFORM iduo.refuse_field('until', 'Como mucho dentro de un año.');
        END IF;
        UPDATE iduo.case c SET list = p_to, move_reason = p_reason, move_until = p_until, touched_at = clock_timestamp(), version = version + 1,
            next_action_at = CASE WHEN p_until IS NULL THEN c.next_action_at
                                  ELSE (p_until + time '09:00') AT TIME ZONE 'America/Argentina/Buenos_Aires' END
        WHERE c.id = p_case;
        event := iduo.add_event(v_case, 'moved', iduo.list_label(v_case.list) || ' → ' || iduo.list_label(p_to)
                                || coalesce(' hasta el ' || to_char(p_until, 'DD/MM/YYYY'), ''), p_reason, p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE FUNCTION api.reopen_case(p_case bigint, p_reason text, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_hash bytea := iduo.hash('reopen', p_case::text, p_reason);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('coordinator');
    p_reason := iduo.need('reason', p_reason, 'Escribí por qué lo reabrís.', 500);
    PERFORM iduo.lock_client_of(p_case);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        IF v_case.state <> 'closed' THEN
            PERFORM iduo.refuse('El caso ya está abierto.');
        ELSIF v_case.collection AND EXISTS (SELECT FROM iduo.case c WHERE c.company_id = v_case.company_id AND c.state = 'open' AND c.collection) THEN
            PERFORM iduo.refuse('El cliente ya tiene otro caso abierto: seguí en ese.');
        END IF;
        UPDATE iduo.case c SET state = 'open', closed_at = NULL, closed_by = NULL, closing_reason = NULL, closing_status = NULL,
            assigned_to = NULL, assigned_at = NULL, version = version + 1 WHERE c.id = p_case;
        event := iduo.add_event(v_case, 'reopened', '', p_reason, p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

GRANT EXECUTE ON FUNCTION api.take_case, api.take_next_case, api.release_case, api.move_case TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.take_over_case, api.reopen_case TO iduo_coordinator;
RESET ROLE;
