-- Surveys: forms that are filled during any contact, counted by option; «Datos verificados hoy» is the shortest of them.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.surveys(p_case bigint)
RETURNS TABLE (form_id integer, version integer, title text, answered_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT f.id, v.id, f.title,
            (SELECT max(a.at) FROM iduo.survey_answer a JOIN iduo.form_version w ON w.id = a.form_version_id
             WHERE a.company_id = (SELECT c.company_id FROM iduo.case c WHERE c.id = p_case) AND w.form_id = f.id)
        FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published'
        WHERE f.kind = 'survey' AND f.active ORDER BY f.title, f.id;
END $$;

CREATE FUNCTION api.survey_form(p_form integer)
RETURNS TABLE (version integer, title text, fields jsonb, templates jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT v.id, f.title, iduo.form_fields(v.id, false, NULL), iduo.form_templates(v.id)
        FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published' WHERE f.id = p_form AND f.kind = 'survey' AND f.active;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa encuesta ya no está.');
    END IF;
END $$;

CREATE FUNCTION api.answer_survey(p_case bigint, p_form_version integer, p_values jsonb, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('survey', p_case::text, p_form_version::text, p_values::text);
    v_case iduo.case;
    v_title text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_case := iduo.lock_case(p_case);
    event := iduo.replayed(p_key, v_hash);
    case_id := p_case;
    replayed := event IS NOT NULL;
    IF NOT replayed THEN
        PERFORM iduo.need_own(v_case, true);
        SELECT f.title INTO v_title FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id
        WHERE v.id = p_form_version AND v.state <> 'draft' AND f.kind = 'survey';
        IF NOT FOUND THEN
            PERFORM iduo.refuse('Esa encuesta ya no está.');
        END IF;
        p_values := iduo.check_form(p_form_version, p_values, NULL);
        UPDATE iduo.case c SET touched_at = clock_timestamp(), version = c.version + 1 WHERE c.id = p_case;
        event := iduo.add_event(v_case, 'survey', v_title, '', p_key, v_hash);
        INSERT INTO iduo.survey_answer (case_id, company_id, event_id, form_version_id, values, by)
        VALUES (p_case, v_case.company_id, event, p_form_version, p_values, session_user);
    END IF;
    RETURN NEXT;
END $$;

-- How often each option was chosen, in a period; versions of one survey are counted together.
CREATE FUNCTION api.survey_counts(p_form integer, p_first date, p_last date)
RETURNS TABLE (field text, label text, option text, option_label text, count bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY
        SELECT d.key, max(d.label), x.v, coalesce(max(o.label), max(CASE x.v WHEN 'true' THEN 'Sí' WHEN 'false' THEN 'No' ELSE x.v END)), count(*)
        FROM iduo.survey_answer a JOIN iduo.form_version w ON w.id = a.form_version_id AND w.form_id = p_form
        JOIN iduo.form_field d ON d.version_id = w.id AND d.kind IN ('choice', 'several', 'yes_no')
        CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(e) WHEN 'string' THEN e #>> '{}' ELSE e::text END FROM jsonb_array_elements(
            CASE jsonb_typeof(a.values -> d.key) WHEN 'array' THEN a.values -> d.key ELSE jsonb_build_array(a.values -> d.key) END) e) AS x(v)
        LEFT JOIN iduo.form_option o ON o.field_id = d.id AND o.key = x.v
        WHERE a.undone_at IS NULL AND a.values ? d.key
          AND (a.at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date BETWEEN coalesce(p_first, '-infinity') AND coalesce(p_last, 'infinity')
        GROUP BY d.key, x.v ORDER BY min(d.position), 5 DESC, 4;
END $$;
GRANT EXECUTE ON FUNCTION api.surveys, api.survey_form TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.answer_survey TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.survey_counts TO iduo_coordinator, iduo_admin;
RESET ROLE;
