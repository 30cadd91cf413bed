-- The closing form as the dialog shows it, and the one checker that every close passes, whichever way it comes.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.closing_form(p_case bigint)
RETURNS TABLE (version integer, title text, fields jsonb, templates jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY
        SELECT v.id, f.title, iduo.form_fields(v.id, false, c.list), iduo.form_templates(v.id)
        FROM iduo.case c, iduo.form f JOIN iduo.form_version v ON v.form_id = f.id
        WHERE c.id = p_case AND f.kind = 'closing' AND v.state = 'published';
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese caso no existe.');
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.blank(p_value jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    -- spaces of every kind, those that no keyboard has too: the dialogs take them for nothing
    SELECT p_value IS NULL OR p_value IN ('null', '[]') OR (jsonb_typeof(p_value) = 'string'
        AND p_value #>> '{}' ~ '^[\t-\r\x1c-\x20\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$')
$$;

-- Refuses the first value that is missing, unknown or does not fit; returns the values without the blank ones.
CREATE OR REPLACE FUNCTION iduo.check_form(p_version integer, p_values jsonb, p_list text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    d iduo.form_field;
    v_value jsonb;
    v_problem text;
    v_unknown text;
    v_section boolean := EXISTS (SELECT FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id
                                 WHERE v.id = p_version AND f.kind = 'contact_section');
BEGIN
    IF jsonb_typeof(p_values) IS DISTINCT FROM 'object' OR octet_length(p_values::text) > 60000 THEN
        PERFORM iduo.refuse('El formulario no se entiende o es demasiado largo.');
    END IF;
    SELECT k INTO v_unknown FROM jsonb_object_keys(p_values) k
        WHERE NOT EXISTS (SELECT FROM iduo.form_field f WHERE f.version_id = p_version AND f.key = k) LIMIT 1;
    IF FOUND THEN
        PERFORM iduo.refuse_field(left(v_unknown, 40), 'El formulario cambió y ese campo ya no está: abrilo de nuevo.');
    END IF;
    FOR d IN SELECT * FROM iduo.form_field f WHERE f.version_id = p_version ORDER BY f.position, f.id LOOP
        v_value := p_values -> d.key;
        IF iduo.blank(v_value) THEN
            p_values := p_values - d.key;
            IF d.required OR iduo.answered(p_values -> d.required_if_field, d.required_if_values) THEN
                PERFORM iduo.refuse_field(d.key, format('Completá «%s».', d.label));
            END IF;
        ELSIF v_value <> '"__unsaid__"' OR NOT v_section THEN  -- in a record «no dijo» answers every question
            v_problem := CASE WHEN d.kind IN ('choice', 'several') THEN iduo.choice_problem(d, v_value, p_values -> d.options_if_field, p_list)
                              ELSE iduo.value_problem(d, v_value) END;
            IF v_problem IS NOT NULL THEN
                PERFORM iduo.refuse_field(d.key, v_problem);
            END IF;
        END IF;
    END LOOP;
    RETURN p_values;
END $$;

-- True if the answer is one of the words, or several of which one is.
CREATE OR REPLACE FUNCTION iduo.answered(p_answer jsonb, p_words text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT EXISTS (SELECT FROM unnest(p_words) w WHERE p_answer @> to_jsonb(w) OR p_answer #>> '{}' = w)
$$;

CREATE OR REPLACE FUNCTION iduo.choice_problem(p_field iduo.form_field, p_value jsonb, p_parent jsonb, p_list text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF jsonb_typeof(p_value) <> (CASE p_field.kind WHEN 'choice' THEN 'string' ELSE 'array' END) OR EXISTS (
        SELECT FROM jsonb_array_elements(CASE jsonb_typeof(p_value) WHEN 'array' THEN p_value ELSE jsonb_build_array(p_value) END) v
        WHERE NOT EXISTS (SELECT FROM iduo.form_option o WHERE o.field_id = p_field.id AND o.active AND to_jsonb(o.key) = v
                          AND (p_list IS NULL OR o.lists = '{}' OR p_list = ANY (o.lists))
                          AND (o.parents = '{}' OR iduo.answered(p_parent, o.parents)))
        OR v IN (SELECT w FROM jsonb_array_elements(CASE jsonb_typeof(p_value) WHEN 'array' THEN p_value END) w GROUP BY w HAVING count(*) > 1)) THEN
        RETURN format('Elegí una opción de «%s».', p_field.label);
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION iduo.value_problem(p_field iduo.form_field, p_value jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_text text := p_value #>> '{}';
BEGIN
    IF p_field.kind = 'yes_no' THEN
        RETURN CASE WHEN jsonb_typeof(p_value) <> 'boolean' THEN format('«%s» es sí o no.', p_field.label) END;
    ELSIF p_field.kind IN ('number', 'money') THEN
        RETURN CASE WHEN jsonb_typeof(p_value) NOT IN ('number', 'string') OR length(v_text) > 20 OR v_text !~ (
                    CASE p_field.kind WHEN 'money' THEN '^\d{1,12}(\.\d{1,2})?$' ELSE '^-?\d{1,12}(\.\d{1,6})?$' END)
               THEN format('«%s» tiene que ser un %s.', p_field.label, CASE p_field.kind WHEN 'money' THEN 'importe, por ejemplo 48310,50' ELSE 'número' END) END;
    ELSIF jsonb_typeof(p_value) <> 'string' THEN
        RETURN format('«%s» tiene que ser un texto.', p_field.label);
    ELSIF p_field.kind = 'date' THEN
        IF v_text !~ '^(19|2\d)\d{2}-\d{2}-\d{2}$' OR NOT pg_input_is_valid(v_text, 'date') THEN
            RETURN format('La fecha de «%s» no existe.', p_field.label);
        END IF;
        -- what is agreed for a next contact is still to come; a payment or a withdrawal may be long ago
        RETURN CASE WHEN p_field.part <> 'future' THEN NULL
            WHEN v_text::date < iduo.today() THEN format('La fecha de «%s» ya pasó.', p_field.label)
            WHEN v_text::date > iduo.today() + 5 * 366 THEN format('Falta demasiado para la fecha de «%s». Fijate el año.', p_field.label) END;
    ELSIF p_field.kind = 'time' THEN
        RETURN CASE WHEN v_text !~ '^([01]\d|2[0-3]):[0-5]\d$' THEN format('La hora de «%s» no existe.', p_field.label) END;
    ELSIF length(v_text) > p_field.max_length THEN
        RETURN format('«%s» es demasiado largo: como mucho %s caracteres.', p_field.label, p_field.max_length);
    ELSIF p_field.kind <> 'long_text' AND v_text ~ '[\n\r]' OR v_text ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' THEN
        RETURN format('«%s» tiene caracteres que no van.', p_field.label);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION api.close_case(p_case bigint, p_form_version integer, p_values jsonb, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('close', p_case::text, p_form_version::text, p_values::text);
    v_case iduo.case;
    v_values jsonb;
    v_reason text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own(v_case, false);
        -- a version that was retired while the dialog was open still closes: nobody loses what he typed
        IF NOT EXISTS (SELECT FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id
                       WHERE v.id = p_form_version AND v.state <> 'draft' AND f.kind = 'closing') THEN
            PERFORM iduo.refuse('El formulario cambió: abrilo de nuevo.');
        END IF;
        v_values := iduo.check_form(p_form_version, p_values, v_case.list);
        v_reason := iduo.option_label(p_form_version, 'reason', v_values ->> 'reason');
        UPDATE iduo.case c SET state = 'closed', closed_at = clock_timestamp(), closed_by = session_user, closing_reason = v_reason,
            closing_status = iduo.option_label(p_form_version, 'status', v_values ->> 'status'), version = version + 1,
            next_action_at = iduo.future_contact(p_form_version, v_values)
        WHERE c.id = p_case;
        event := iduo.add_event(v_case, 'closed', coalesce(v_reason, ''), left(coalesce(v_values ->> 'description', ''), 2000), p_key, v_hash);
        INSERT INTO iduo.closing (case_id, event_id, form_version_id, values, by) VALUES (p_case, event, p_form_version, v_values, session_user);
    END IF;
    RETURN NEXT;
END $$;

-- When the client is to be contacted again, if the form asks for it: a date called next_date, and an hour called next_time.
CREATE OR REPLACE FUNCTION iduo.future_contact(p_version integer, p_values jsonb) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
DECLARE
    v_date date := (SELECT (p_values ->> f.key)::date FROM iduo.form_field f WHERE f.version_id = p_version AND f.key = 'next_date' AND f.kind = 'date');
    v_time time := (SELECT (p_values ->> f.key)::time FROM iduo.form_field f WHERE f.version_id = p_version AND f.key = 'next_time' AND f.kind = 'time');
BEGIN
    IF v_date < iduo.today() THEN
        PERFORM iduo.refuse_field('next_date', 'Esa fecha ya pasó.');
    ELSIF v_date > iduo.today() + 366 THEN
        PERFORM iduo.refuse_field('next_date', 'Como mucho dentro de un año.');
    ELSIF v_date IS NULL AND v_time IS NOT NULL THEN
        PERFORM iduo.refuse_field('next_date', '¿Qué día?');
    END IF;
    RETURN (v_date + coalesce(v_time, time '09:00')) AT TIME ZONE 'America/Argentina/Buenos_Aires';
END $$;

-- A form that was filled, with the version it was filled with: its old questions, its retired options.
CREATE FUNCTION api.filled_form(p_event bigint)
RETURNS TABLE (title text, fields jsonb, answers text, at timestamptz, by_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT f.title, iduo.form_fields(v.id, true, NULL), x.answers::text, x.at, iduo.name_of(x.by)
        FROM (SELECT g.form_version_id, g.values, g.at, g.by FROM iduo.closing g WHERE g.event_id = p_event
              UNION ALL SELECT s.form_version_id, s.values, s.at, s.by FROM iduo.survey_answer s WHERE s.event_id = p_event
        ) AS x(version, answers, at, by) JOIN iduo.form_version v ON v.id = x.version JOIN iduo.form f ON f.id = v.form_id;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ahí no hay ningún formulario.');
    END IF;
    PERFORM iduo.count_rows_read(1);
END $$;

CREATE OR REPLACE FUNCTION iduo.option_label(p_version integer, p_field text, p_option text) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT o.label FROM iduo.form_field f JOIN iduo.form_option o ON o.field_id = f.id
    WHERE f.version_id = p_version AND f.key = p_field AND o.key = p_option
$$;
GRANT EXECUTE ON FUNCTION api.closing_form, api.filled_form TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.close_case TO iduo_operator, iduo_coordinator;
RESET ROLE;
