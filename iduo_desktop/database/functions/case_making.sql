-- Cases that people make, for a client or for a person, and how urgent and how dangerous they are.
SET LOCAL ROLE iduo_owner;

-- About a client, or a person who is none, or both. p_note says more than the subject, in the history.
CREATE FUNCTION api.create_case(p_company bigint, p_subject text, p_list text, p_take boolean, p_key uuid, p_contact bigint DEFAULT NULL,
                                p_priority text DEFAULT 'normal', p_risk text DEFAULT 'none', p_note text DEFAULT '')
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_hash bytea := iduo.hash('create', p_company::text, p_subject, p_list, p_take::text, p_contact::text, p_priority, p_risk, p_note);
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_take THEN
        PERFORM iduo.need_room(p_key);
    END IF;
    PERFORM FROM iduo.company c WHERE c.id = p_company FOR NO KEY UPDATE;
    IF NOT FOUND AND (p_company IS NOT NULL OR p_contact IS NULL) THEN
        PERFORM iduo.refuse_field('company', 'Elegí el cliente.');
    END IF;
    event := iduo.replayed(p_key, v_hash);
    replayed := event IS NOT NULL;
    IF replayed THEN
        SELECT e.case_id INTO case_id FROM iduo.case_event e WHERE e.id = event;
    ELSE
        SELECT o.event, o.case_id INTO event, case_id
        FROM iduo.open_case(p_company, p_contact, p_subject, p_note, p_list, p_priority, p_risk, p_take, p_key, v_hash) o;
    END IF;
    RETURN NEXT;
END $$;

-- A new case, and the event that it began with. Whose limit of cases it counts for is asked by who calls this.
CREATE OR REPLACE FUNCTION iduo.open_case(p_company bigint, p_contact bigint, p_subject text, p_note text, p_list text, p_priority text, p_risk text,
                                          p_take boolean, p_key uuid, p_hash bytea, OUT event bigint, OUT case_id bigint)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case iduo.case;
BEGIN
    p_subject := iduo.need('subject', p_subject, 'Escribí de qué se trata.', 200);
    IF iduo.list_label(p_list) IS NULL THEN
        PERFORM iduo.refuse_field('list', 'Elegí en qué lista va.');
    ELSIF length(p_note) > 2000 THEN
        PERFORM iduo.refuse_field('note', 'El texto es demasiado largo: como mucho 2000 caracteres.');
    ELSIF p_contact IS NOT NULL THEN
        p_contact := (iduo.lock_contact(p_contact)).id;
    END IF;
    PERFORM iduo.check_rating(p_priority, p_risk);
    PERFORM set_config('synchronous_commit', 'on', true);
    INSERT INTO iduo.case (company_id, contact_id, subject, list, priority, risk, opened_by, assigned_to, assigned_at)
    VALUES (p_company, p_contact, p_subject, p_list, p_priority, p_risk, session_user, CASE WHEN p_take THEN session_user END,
            CASE WHEN p_take THEN clock_timestamp() END)
    RETURNING * INTO v_case;
    case_id := v_case.id;
    v_case.version := v_case.version - 1;
    event := iduo.add_event(v_case, 'created', p_subject, btrim(coalesce(p_note, ''), E' \t\r\n'), p_key, p_hash);
END $$;

CREATE OR REPLACE FUNCTION iduo.check_rating(p_priority text, p_risk text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
BEGIN
    IF p_priority IS NULL OR p_priority NOT IN ('low', 'normal', 'high', 'urgent') THEN
        PERFORM iduo.refuse_field('priority', 'Elegí la prioridad.');
    ELSIF p_risk IS NULL OR p_risk NOT IN ('none', 'low', 'medium', 'high') THEN
        PERFORM iduo.refuse_field('risk', 'Elegí el riesgo.');
    END IF;
END $$;

-- How urgent a case is, and in how much danger the person. A risk is lowered by a coordinator, who says why.
CREATE FUNCTION api.rate_case(p_case bigint, p_priority text, p_risk text, p_reason text, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    v_hash bytea := iduo.hash('rate', p_case::text, p_priority, p_risk, p_reason);
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    PERFORM iduo.check_rating(p_priority, p_risk);
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own(v_case, true);
        IF (p_priority, p_risk) = (v_case.priority, v_case.risk) THEN
            PERFORM iduo.refuse('Ya está así.');
        ELSIF iduo.risk_rank(p_risk) < iduo.risk_rank(v_case.risk) THEN
            IF NOT iduo.may('coordinator') THEN
                PERFORM iduo.refuse_field('risk', 'Solo un coordinador baja un riesgo.');
            END IF;
            p_reason := iduo.need('reason', p_reason, 'Escribí por qué baja el riesgo.', 500);
        END IF;
        UPDATE iduo.case c SET priority = p_priority, risk = p_risk, touched_at = clock_timestamp(), version = version + 1 WHERE c.id = p_case;
        event := iduo.add_event(v_case, 'rated', concat_ws(' · ',
            CASE WHEN p_priority <> v_case.priority THEN 'prioridad ' || iduo.priority_word(p_priority) END,
            CASE WHEN p_risk <> v_case.risk THEN 'riesgo ' || iduo.risk_word(p_risk) END), left(btrim(coalesce(p_reason, '')), 500), p_key, v_hash);
    END IF;
    RETURN NEXT;
END $$;

CREATE OR REPLACE FUNCTION iduo.priority_word(p_priority text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_priority WHEN 'low' THEN 'baja' WHEN 'normal' THEN 'normal' WHEN 'high' THEN 'alta' ELSE 'urgente' END
$$;
CREATE OR REPLACE FUNCTION iduo.risk_word(p_risk text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_risk WHEN 'none' THEN 'ninguno' WHEN 'low' THEN 'bajo' WHEN 'medium' THEN 'medio' ELSE 'alto' END
$$;

GRANT EXECUTE ON FUNCTION api.create_case, api.rate_case TO iduo_operator, iduo_coordinator;
RESET ROLE;
