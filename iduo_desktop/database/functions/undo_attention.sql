-- An attention taken back: by who saved it, within five minutes, while nobody touched anything of it. What it made goes, the rest is as it was.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.undo_attention(p_event bigint, p_key uuid)
RETURNS TABLE (event bigint, contact_id bigint, contact_new boolean, case_id bigint, case_new boolean, call_id bigint, follow_up_id bigint,
               activation_id bigint, supporters integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    a iduo.attention;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    END IF;
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    SELECT * INTO a FROM iduo.attention x WHERE x.id = p_event AND x."by" = session_user FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Solo podés deshacer lo que hiciste vos.');
    ELSIF a.undone_at IS NOT NULL THEN  -- asking again is harmless
        RETURN QUERY SELECT v.* FROM iduo.attended(a, true) v;
        RETURN;
    ELSIF a.at < clock_timestamp() - interval '5 minutes' THEN
        PERFORM iduo.refuse('Ya pasaron más de 5 minutos: no se puede deshacer.');
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);
    PERFORM iduo.need_untouched(a);
    UPDATE iduo.attention x SET undone_at = clock_timestamp(), contact_id = NULL, case_id = NULL WHERE x.id = p_event;
    BEGIN
        PERFORM iduo.take_back_calls(a.made, a.before);
        PERFORM iduo.take_back_record(a.made);
        PERFORM iduo.take_back_case(a.made, a.before);
        IF (a.made ->> 'contact_new')::boolean THEN
            PERFORM iduo.remove_contact((a.made ->> 'contact_id')::bigint);
        END IF;
    EXCEPTION WHEN foreign_key_violation THEN
        PERFORM iduo.refuse('Alguien ya siguió con esto: no se puede deshacer.');
    END;
    RETURN QUERY SELECT v.* FROM iduo.attended(a, false) v;
END $$;

-- Refuse when the person, the case, the follow-up or the route is no longer as it was saved.
CREATE OR REPLACE FUNCTION iduo.need_untouched(a iduo.attention) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case iduo.case;
    v_acknowledged text;
BEGIN
    PERFORM FROM iduo.contact c WHERE c.id = (a.made ->> 'contact_id')::bigint FOR NO KEY UPDATE;
    v_case := iduo.lock_case((a.made ->> 'case_id')::bigint);
    PERFORM FROM iduo.call c WHERE c.id = (a.made ->> 'follow_up_id')::bigint FOR NO KEY UPDATE;
    SELECT iduo.name_of(r.acknowledged_by) INTO v_acknowledged FROM iduo.route_activation r WHERE r.id = (a.made ->> 'activation_id')::bigint FOR NO KEY UPDATE;
    IF v_acknowledged IS NOT NULL THEN
        PERFORM iduo.refuse(format('%s ya recibió la ruta: no se puede deshacer.', v_acknowledged));
    ELSIF v_case.version <> (a.made ->> 'case_version')::integer
        OR EXISTS (SELECT FROM iduo.call c WHERE c.id = (a.made ->> 'follow_up_id')::bigint AND (c.version <> 1 OR c.state <> 'planned'))
        OR EXISTS (SELECT FROM iduo.contact_event e WHERE e.contact_id = (a.made ->> 'contact_id')::bigint AND e.id > coalesce((a.made ->> 'last_event')::bigint, 0))
        OR (a.made ->> 'ways')::integer <> iduo.ways_to_reach((a.made ->> 'contact_id')::bigint)
        OR EXISTS (SELECT FROM iduo.contact c WHERE c.id = (a.made ->> 'contact_id')::bigint AND c.merged_into IS NOT NULL)
        OR EXISTS (SELECT FROM iduo.attention x WHERE x.case_id = v_case.id AND x.id > a.id) THEN
        PERFORM iduo.refuse('Alguien ya siguió con esto: no se puede deshacer.');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.take_back_calls(p_made jsonb, p_before jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_call bigint := (p_made ->> 'call_id')::bigint;
    v_calls bigint[] := array_remove(ARRAY[(p_made ->> 'follow_up_id')::bigint, CASE WHEN (p_made ->> 'call_new')::boolean THEN v_call END], NULL);
BEGIN
    DELETE FROM iduo.route_activation r WHERE r.id = (p_made ->> 'activation_id')::bigint;
    DELETE FROM iduo.call_contact k WHERE k.call_id = ANY (v_calls);
    DELETE FROM iduo.call c WHERE c.id = ANY (v_calls);
    IF NOT coalesce((p_made ->> 'call_new')::boolean, true) THEN
        DELETE FROM iduo.call_contact k WHERE k.call_id = v_call AND k.contact_id = (p_made ->> 'contact_id')::bigint
            AND k.contact_id IS DISTINCT FROM (p_before ->> 'call_contact')::bigint;
        -- the call goes on, and its note stays: nobody typed it to lose it
        UPDATE iduo.call c SET case_id = NULL, contact_id = (p_before ->> 'call_contact')::bigint,
            ended_at = CASE WHEN NOT (p_before ->> 'call_open')::boolean THEN c.ended_at END,
            outcome = CASE WHEN NOT (p_before ->> 'call_open')::boolean THEN c.outcome END
        WHERE c.id = v_call AND (p_before ->> 'call_linked')::boolean;
    END IF;
END $$;

-- Sections say again what they said before; who was added to the network is in it no more.
CREATE OR REPLACE FUNCTION iduo.take_back_record(p_made jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contact bigint := (p_made ->> 'contact_id')::bigint;
    v_section bigint;
    v_form integer;
    v_other bigint;
BEGIN
    FOR v_section IN SELECT x::bigint FROM jsonb_array_elements_text(p_made -> 'sections') x LOOP
        DELETE FROM iduo.contact_section s WHERE s.id = v_section RETURNING s.form_id INTO v_form;
        UPDATE iduo.contact_section s SET latest = true WHERE s.id = (
            SELECT max(o.id) FROM iduo.contact_section o WHERE o.contact_id = v_contact AND o.form_id = v_form);
    END LOOP;
    FOR v_other IN SELECT x::bigint FROM jsonb_array_elements_text(p_made -> 'relations') x LOOP
        DELETE FROM iduo.contact_relation r WHERE r.id = v_other;
    END LOOP;
    FOR v_other IN SELECT x::bigint FROM jsonb_array_elements_text(p_made -> 'people') x LOOP
        PERFORM iduo.remove_contact(v_other);
    END LOOP;
    UPDATE iduo.contact_event e SET undone_at = clock_timestamp() WHERE e.contact_id = v_contact AND e."by" = session_user
        AND e.id > coalesce((p_made ->> 'first_event')::bigint, 0) AND e.id <= coalesce((p_made ->> 'last_event')::bigint, 0);
END $$;

-- A case that was made goes; one that was there stands where it stood. A risk that was raised stays: a coordinator lowers it.
CREATE OR REPLACE FUNCTION iduo.take_back_case(p_made jsonb, p_before jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case bigint := (p_made ->> 'case_id')::bigint;
BEGIN
    IF NOT (p_made ->> 'case_new')::boolean THEN
        UPDATE iduo.case c SET last_contact_at = (p_before ->> 'last_contact_at')::timestamptz WHERE c.id = v_case AND p_made ? 'call_id';
    ELSE
        DELETE FROM iduo.presence p WHERE p.case_id = v_case;
        DELETE FROM iduo.case_event e WHERE e.case_id = v_case;
        DELETE FROM iduo.case c WHERE c.id = v_case;
    END IF;
END $$;

-- A person who was just made by mistake, with all that belongs to nobody else.
CREATE OR REPLACE FUNCTION iduo.remove_contact(p_contact bigint) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    DELETE FROM iduo.contact_relation r WHERE r.contact_id = p_contact AND r."by" = session_user OR r.other_id = p_contact AND r."by" = session_user;
    DELETE FROM iduo.contact_section s WHERE s.contact_id = p_contact AND s."by" = session_user;
    DELETE FROM iduo.contact_event e WHERE e.contact_id = p_contact AND e."by" = session_user;
    DELETE FROM iduo.contact_phone f WHERE f.contact_id = p_contact;
    DELETE FROM iduo.contact_email m WHERE m.contact_id = p_contact;
    DELETE FROM iduo.contact n WHERE n.id = p_contact;
END $$;
GRANT EXECUTE ON FUNCTION api.undo_attention TO iduo_operator, iduo_coordinator;
RESET ROLE;
