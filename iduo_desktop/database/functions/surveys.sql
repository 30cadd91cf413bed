-- Surveys: forms that are filled during any contact, counted by option; «Datos verificados hoy» is the shortest of them.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.surveys(p_case bigint)
RETURNS TABLE (form_id integer, version integer, title text, verification boolean, answered_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_case iduo.case;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    SELECT * INTO v_case FROM iduo.case c WHERE c.id = p_case;
    RETURN QUERY SELECT f.id, v.id, f.title, f.verification,
            (SELECT max(a.at) FROM iduo.survey_answer a JOIN iduo.form_version w ON w.id = a.form_version_id
             WHERE w.form_id = f.id AND a.undone_at IS NULL
               AND (a.company_id = v_case.company_id OR v_case.company_id IS NULL AND a.case_id IN (
                    SELECT c.id FROM iduo.case c WHERE c.contact_id = v_case.contact_id)))
        FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published'
        WHERE f.kind = 'survey' AND f.active ORDER BY NOT f.verification, f.title, f.id;
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

-- The event of the answers, made now or before with the same key.
CREATE OR REPLACE FUNCTION iduo.keep_answers(p_case bigint, p_version integer, p_values jsonb, p_key uuid, p_hash bytea,
                                             OUT event bigint, OUT replayed boolean)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_case iduo.case := iduo.lock_case(p_case);
    v_title text;
BEGIN
    event := iduo.replayed(p_key, p_hash);
    replayed := event IS NOT NULL;
    IF replayed THEN
        RETURN;
    END IF;
    PERFORM iduo.need_own(v_case, true);
    SELECT f.title INTO v_title FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id
    WHERE v.id = p_version AND v.state <> 'draft' AND f.kind = 'survey';
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa encuesta ya no está.');
    END IF;
    p_values := iduo.check_form(p_version, p_values, NULL);
    UPDATE iduo.case c SET touched_at = clock_timestamp(), version = c.version + 1 WHERE c.id = p_case;
    event := iduo.add_event(v_case, 'survey', v_title, '', p_key, p_hash);
    INSERT INTO iduo.survey_answer (case_id, company_id, event_id, form_version_id, values, by)
    VALUES (p_case, v_case.company_id, event, p_version, p_values, session_user);
END $$;

CREATE FUNCTION api.answer_survey(p_case bigint, p_form_version integer, p_values jsonb, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('survey', p_case::text, p_form_version::text, p_values::text);
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    RETURN QUERY SELECT k.event, p_case, k.replayed FROM iduo.keep_answers(p_case, p_form_version, p_values, p_key, v_hash) k;
END $$;

-- «Datos verificados hoy»: yes to the only question. Where an administrator asks for more, the checker names what is missing.
CREATE FUNCTION api.verify_data(p_case bigint, p_key uuid)
RETURNS TABLE (event bigint, case_id bigint, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('verify', p_case::text);
    v_version integer;
    v_field text;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT v.id INTO v_version FROM iduo.form f JOIN iduo.form_version v ON v.form_id = f.id AND v.state = 'published'
    WHERE f.verification AND f.active;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('«Datos verificados hoy» está desactivada. Un administrador puede activarla en Formularios.');
    END IF;
    SELECT d.key INTO v_field FROM iduo.form_field d WHERE d.version_id = v_version AND d.kind = 'yes_no' ORDER BY d.position LIMIT 1;
    RETURN QUERY SELECT k.event, p_case, k.replayed FROM iduo.keep_answers(
        p_case, v_version, (CASE WHEN v_field IS NULL THEN '{}' ELSE jsonb_build_object(v_field, true) END), p_key, v_hash) k;
END $$;

-- Every survey that was ever published, for those who count.
CREATE FUNCTION api.all_surveys()
RETURNS TABLE (form_id integer, title text, active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY SELECT f.id, f.title, f.active FROM iduo.form f
        WHERE f.kind = 'survey' AND EXISTS (SELECT FROM iduo.form_version v WHERE v.form_id = f.id AND v.state <> 'draft')
        ORDER BY NOT f.active, f.title, f.id;
END $$;

-- The answers of a survey between two days, both included.
CREATE OR REPLACE FUNCTION iduo.answers_of(p_form integer, p_first date, p_last date) RETURNS SETOF iduo.survey_answer
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT a.* FROM iduo.survey_answer a
    WHERE a.form_version_id IN (SELECT w.id FROM iduo.form_version w WHERE w.form_id = p_form) AND a.undone_at IS NULL
      AND a.at >= coalesce(p_first::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires', '-infinity')
      AND a.at < coalesce((p_last + 1)::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires', 'infinity')
$$;

-- How often each option was chosen, in a period; versions of one survey are counted together.
CREATE FUNCTION api.survey_counts(p_form integer, p_first date, p_last date)
RETURNS TABLE (field text, label text, option text, option_label text, count bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY
        SELECT d.key, max(d.label), x.v, coalesce(max(o.label), max(CASE x.v WHEN 'true' THEN 'Sí' WHEN 'false' THEN 'No' ELSE x.v END)), count(*)
        FROM iduo.answers_of(p_form, p_first, p_last) a
        JOIN iduo.form_field d ON d.version_id = a.form_version_id AND d.kind IN ('choice', 'several', 'yes_no')
        CROSS JOIN LATERAL (SELECT CASE jsonb_typeof(e) WHEN 'string' THEN e #>> '{}' ELSE e::text END FROM jsonb_array_elements(
            CASE jsonb_typeof(a.values -> d.key) WHEN 'array' THEN a.values -> d.key ELSE jsonb_build_array(a.values -> d.key) END) e) AS x(v)
        LEFT JOIN iduo.form_option o ON o.field_id = d.id AND o.key = x.v
        WHERE a.values ? d.key
        GROUP BY d.key, x.v ORDER BY min(d.position), d.key, 5 DESC, 4;
END $$;

-- The answers themselves, the newest first, 200 at a time: who, when, and each answer in words.
CREATE FUNCTION api.survey_answers(p_form integer, p_first date, p_last date, p_before bigint DEFAULT NULL)
RETURNS TABLE (id bigint, at timestamptz, by_name text, company_number bigint, client text, answers jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_rows bigint;
BEGIN
    PERFORM iduo.require('coordinator', 'admin');
    RETURN QUERY
        SELECT a.id, a.at, iduo.name_of(a.by), o.number, coalesce(o.client, n.person),
               (SELECT coalesce(jsonb_agg(jsonb_build_object('label', d.label, 'text', iduo.answer_in_words(d.id, a.values -> d.key))
                                          ORDER BY d.position, d.id), '[]')
                FROM iduo.form_field d WHERE d.version_id = a.form_version_id AND a.values ? d.key)
        FROM iduo.answers_of(p_form, p_first, p_last) a JOIN iduo.case c ON c.id = a.case_id
        LEFT JOIN iduo.company o ON o.id = a.company_id LEFT JOIN iduo.contact n ON n.id = c.contact_id
        WHERE p_before IS NULL OR a.id < p_before ORDER BY a.id DESC LIMIT 200;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

-- An answer as people read it: options by their labels, yes and no.
CREATE OR REPLACE FUNCTION iduo.answer_in_words(p_field integer, p_value jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT string_agg(coalesce(o.label, CASE e WHEN 'true' THEN 'Sí' WHEN 'false' THEN 'No' ELSE e #>> '{}' END), ', ' ORDER BY n)
    FROM jsonb_array_elements(CASE jsonb_typeof(p_value) WHEN 'array' THEN p_value ELSE jsonb_build_array(p_value) END) WITH ORDINALITY AS x(e, n)
    LEFT JOIN iduo.form_option o ON o.field_id = p_field AND o.key = e #>> '{}'
$$;
GRANT EXECUTE ON FUNCTION api.surveys, api.survey_form TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.answer_survey, api.verify_data TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.all_surveys, api.survey_counts, api.survey_answers TO iduo_coordinator, iduo_admin;
RESET ROLE;
