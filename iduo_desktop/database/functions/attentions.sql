-- Attentions: contact, case, this call, follow-up, route, sections and support network, saved whole or not at all, and related by itself.
SET LOCAL ROLE iduo_owner;

-- Parts refuse their fields by a path: contact.surname, follow_up.at, sections.VERSION.FIELD, network.0.surname; the attention's own plainly.
CREATE FUNCTION api.attend(p_attention jsonb, p_key uuid)
RETURNS TABLE (event bigint, contact_id bigint, contact_new boolean, case_id bigint, case_new boolean, call_id bigint, follow_up_id bigint,
               activation_id bigint, supporters integer, replayed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_hash bytea := iduo.hash('attend', p_attention::text);
    a iduo.attention;
    m jsonb;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    IF p_key IS NULL THEN
        PERFORM iduo.refuse('Falta la clave del pedido.');
    ELSIF jsonb_typeof(p_attention) IS DISTINCT FROM 'object' OR octet_length(p_attention::text) > 1000000
        OR jsonb_array_length(jsonb_path_query_array(p_attention, '$.network[*]')) > 50
        OR jsonb_array_length(jsonb_path_query_array(p_attention, '$.sections[*]')) > 20 THEN
        PERFORM iduo.refuse('Esa atención no se entiende.');
    END IF;
    -- one's own attentions go one after the other, so that a key is asked for once
    PERFORM FROM iduo.staff s WHERE s.login = session_user FOR NO KEY UPDATE;
    SELECT * INTO a FROM iduo.attention x WHERE x.key = p_key;
    replayed := FOUND;
    IF replayed THEN
        PERFORM iduo.need_same(a."by", a.payload_hash, v_hash);
        IF a.undone_at IS NOT NULL THEN
            PERFORM iduo.refuse('Esa atención se deshizo.');
        END IF;
    ELSE
        PERFORM set_config('synchronous_commit', 'on', true);
        BEGIN
            m := iduo.attend_person(p_attention);
            m := m || iduo.attend_case(p_attention, m);
            m := m || iduo.attend_call(p_attention, m);
            m := m || iduo.attend_follow_up(p_attention, m) || iduo.attend_route(p_attention, m);
            m := m || iduo.attend_sections(p_attention, m) || iduo.attend_network(p_attention, m);
        EXCEPTION WHEN data_exception THEN
            PERFORM iduo.refuse('Esa atención no se entiende.');
        END;
        m := m || jsonb_build_object('last_event', (SELECT max(e.id) FROM iduo.contact_event e WHERE e.contact_id = (m ->> 'contact_id')::bigint),
                                     'ways', iduo.ways_to_reach((m ->> 'contact_id')::bigint),
                                     'case_version', (SELECT c.version FROM iduo.case c WHERE c.id = (m ->> 'case_id')::bigint));
        INSERT INTO iduo.attention (contact_id, case_id, made, before, by, key, payload_hash)
        VALUES ((m ->> 'contact_id')::bigint, (m ->> 'case_id')::bigint, m - 'before', coalesce(m -> 'before', '{}'), session_user, p_key, v_hash)
        RETURNING * INTO a;
    END IF;
    RETURN QUERY SELECT v.* FROM iduo.attended(a, replayed) v;
END $$;

-- How many telephones and addresses somebody has: when nobody added one, he is as he was taken down.
CREATE OR REPLACE FUNCTION iduo.ways_to_reach(p_contact bigint) RETURNS integer
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT (SELECT count(*) FROM iduo.contact_phone f WHERE f.contact_id = p_contact)::integer
         + (SELECT count(*) FROM iduo.contact_email m WHERE m.contact_id = p_contact)::integer
$$;

CREATE OR REPLACE FUNCTION iduo.attended(a iduo.attention, p_replayed boolean)
RETURNS TABLE (event bigint, contact_id bigint, contact_new boolean, case_id bigint, case_new boolean, call_id bigint, follow_up_id bigint,
               activation_id bigint, supporters integer, replayed boolean)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT a.id, m.contact_id, m.contact_new, m.case_id, m.case_new, m.call_id, m.follow_up_id, m.activation_id, coalesce(m.supporters, 0), p_replayed
    FROM jsonb_to_record(a.made) AS m(contact_id bigint, contact_new boolean, case_id bigint, case_new boolean, call_id bigint, follow_up_id bigint,
                                      activation_id bigint, supporters integer)
$$;

-- A person as he was taken down, added; what is refused of him is named under a path.
CREATE OR REPLACE FUNCTION iduo.take_down(p_new jsonb, p_path text) RETURNS bigint
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_field text;
BEGIN
    RETURN (SELECT k.contact_id FROM api.create_contact(p_new ->> 'surname', p_new ->> 'names', p_new ->> 'document', p_new ->> 'phone',
        p_new ->> 'phone_e164', p_new ->> 'phone_key', p_new ->> 'phone_kind', (p_new ->> 'phone_valid')::boolean, p_new ->> 'email',
        (p_new ->> 'company_id')::bigint, gen_random_uuid()) k);
EXCEPTION WHEN SQLSTATE 'IU002' THEN
    GET STACKED DIAGNOSTICS v_field = PG_EXCEPTION_DETAIL;
    PERFORM iduo.refuse_field(p_path || v_field, SQLERRM);
END $$;

CREATE OR REPLACE FUNCTION iduo.attend_person(p_attention jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contact bigint := (p_attention ->> 'contact_id')::bigint;
BEGIN
    IF v_contact IS NULL AND jsonb_typeof(p_attention -> 'contact') = 'object' THEN
        RETURN jsonb_build_object('contact_id', iduo.take_down(p_attention -> 'contact', 'contact.'), 'contact_new', true);
    ELSIF v_contact IS NULL THEN
        v_contact := (SELECT c.contact_id FROM iduo.case c WHERE c.id = (p_attention ->> 'case_id')::bigint);
        IF v_contact IS NULL THEN
            PERFORM iduo.refuse_field('contact', 'Elegí el contacto, o escribí sus datos.');
        END IF;
    END IF;
    v_contact := (iduo.lock_contact(v_contact)).id;
    RETURN jsonb_build_object('contact_id', v_contact, 'contact_new', false,
        'first_event', (SELECT max(e.id) FROM iduo.contact_event e WHERE e.contact_id = v_contact));
END $$;

-- A new case is one's own while there is room for it; one that exists only becomes more urgent or more dangerous.
CREATE OR REPLACE FUNCTION iduo.attend_case(p_attention jsonb, m jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    c_priorities text[] := ARRAY['low', 'normal', 'high', 'urgent'];
    v_me text := session_user;  -- as text: compared with a name no index would serve
    v_priority text := coalesce(p_attention ->> 'priority', 'normal');
    v_risk text := coalesce(p_attention ->> 'risk', 'none');
    v_case iduo.case;
    v_id bigint;
BEGIN
    IF (p_attention ->> 'case_id') IS NULL THEN
        SELECT o.case_id INTO v_id FROM iduo.open_case(NULL, (m ->> 'contact_id')::bigint, p_attention ->> 'subject', p_attention ->> 'description', 'active',
            v_priority, v_risk, (SELECT count(*) FROM iduo.case c WHERE c.state = 'open' AND c.assigned_to = v_me)
                                < iduo.setting('open_cases_limit')::integer, NULL, NULL) o;
        RETURN jsonb_build_object('case_id', v_id, 'case_new', true);
    END IF;
    PERFORM iduo.check_rating(v_priority, v_risk);
    v_case := iduo.lock_case((p_attention ->> 'case_id')::bigint);
    IF v_case.contact_id IS DISTINCT FROM (m ->> 'contact_id')::bigint THEN
        PERFORM iduo.refuse_field('case', 'Ese caso es de otra persona.');
    ELSIF v_case.state <> 'open' THEN
        PERFORM iduo.refuse_field('case', 'Ese caso está cerrado: elegí otro, o abrí uno nuevo.');
    END IF;
    IF array_position(c_priorities, v_priority) > array_position(c_priorities, v_case.priority) OR iduo.risk_rank(v_risk) > iduo.risk_rank(v_case.risk) THEN
        PERFORM api.rate_case(v_case.id, c_priorities[greatest(array_position(c_priorities, v_priority), array_position(c_priorities, v_case.priority))],
            CASE WHEN iduo.risk_rank(v_risk) > iduo.risk_rank(v_case.risk) THEN v_risk ELSE v_case.risk END, '', gen_random_uuid());
    END IF;
    RETURN jsonb_build_object('case_id', v_case.id, 'case_new', false, 'before', jsonb_build_object('last_contact_at', v_case.last_contact_at));
END $$;

-- The call that came in, which ends with it, or one that no line told of; nothing where there was none.
CREATE OR REPLACE FUNCTION iduo.attend_call(p_attention jsonb, m jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
    v_started timestamptz := coalesce((p_attention ->> 'call_started')::timestamptz, v_now);
    v_note text := concat_ws(E'\n', nullif(btrim(p_attention ->> 'call_note'), ''),
                             CASE WHEN NOT (m ->> 'case_new')::boolean THEN nullif(btrim(p_attention ->> 'description'), '') END);
    c iduo.call;
BEGIN
    IF NOT coalesce((p_attention ->> 'holds_call')::boolean, true) THEN
        IF v_note <> '' THEN
            PERFORM iduo.refuse_field('call_note', 'Sin llamada no hay dónde guardar esa nota: el caso ya existe.');
        END IF;
        RETURN '{}'::jsonb;
    ELSIF length(v_note) > 2000 THEN
        PERFORM iduo.refuse_field('call_note', 'La nota es demasiado larga: como mucho 2000 caracteres.');
    ELSIF v_started NOT BETWEEN v_now - interval '1 day' AND v_now + interval '1 minute' THEN
        PERFORM iduo.refuse_field('call_started', 'La llamada empezó hoy, y no más tarde que ahora.');
    END IF;
    PERFORM iduo.touch_case((m ->> 'case_id')::bigint, v_now);
    IF p_attention ->> 'call_id' IS NOT NULL THEN
        RETURN m || iduo.link_attended(p_attention, m, v_note);
    END IF;
    c.direction := 'inbound';
    c.state := 'held';
    c.starts_at := least(v_started, v_now);
    c.ended_at := v_now;
    c.outcome := 'attended';
    c.caller := left(btrim(coalesce(p_attention ->> 'caller', '')), 60);
    c.note := v_note;
    c.case_id := (m ->> 'case_id')::bigint;
    c.contact_id := (m ->> 'contact_id')::bigint;
    c.key := gen_random_uuid();
    c.payload_hash := iduo.hash('attended');
    RETURN jsonb_build_object('call_id', iduo.put_call(c, '{}'), 'call_new', true);
END $$;

-- One's own call becomes the case's, unless it was another's already.
CREATE OR REPLACE FUNCTION iduo.link_attended(p_attention jsonb, m jsonb, p_note text) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    c iduo.call;
BEGIN
    SELECT * INTO c FROM iduo.call k WHERE k.id = (p_attention ->> 'call_id')::bigint FOR NO KEY UPDATE;
    IF c.id IS NULL OR c."by" <> session_user OR c.state <> 'held' OR c.finished_at IS NOT NULL THEN
        PERFORM iduo.refuse('Esa llamada no es tuya.');
    END IF;
    IF c.case_id IS NULL THEN
        UPDATE iduo.call k SET case_id = (m ->> 'case_id')::bigint, contact_id = coalesce(k.contact_id, (m ->> 'contact_id')::bigint),
            note = left(concat_ws(E'\n', nullif(k.note, ''), nullif(p_note, '')), 2000), outcome = coalesce(k.outcome, 'attended'),
            ended_at = coalesce(k.ended_at, greatest(clock_timestamp(), k.starts_at)) WHERE k.id = c.id;
    END IF;
    INSERT INTO iduo.call_contact (call_id, contact_id) VALUES (c.id, (m ->> 'contact_id')::bigint) ON CONFLICT DO NOTHING;
    RETURN jsonb_build_object('call_id', c.id, 'call_new', false, 'before', coalesce(m -> 'before', '{}') || jsonb_build_object(
        'call_linked', c.case_id IS NULL, 'call_open', c.ended_at IS NULL, 'call_contact', c.contact_id, 'call_note', c.note = ''));
END $$;

CREATE OR REPLACE FUNCTION iduo.attend_follow_up(p_attention jsonb, m jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    f jsonb := p_attention -> 'follow_up';
    v_field text;
BEGIN
    IF jsonb_typeof(f) IS DISTINCT FROM 'object' THEN
        RETURN '{}'::jsonb;
    END IF;
    RETURN (SELECT jsonb_build_object('follow_up_id', s.id) FROM api.plan_call((m ->> 'case_id')::bigint, (m ->> 'contact_id')::bigint,
        (f ->> 'at')::timestamptz, f ->> 'direction', (f ->> 'remind')::integer, NULL, (f ->> 'anybody')::boolean, f ->> 'note', gen_random_uuid(),
        f ->> 'safe_reason') s);
EXCEPTION WHEN SQLSTATE 'IU002' THEN
    GET STACKED DIAGNOSTICS v_field = PG_EXCEPTION_DETAIL;
    PERFORM iduo.refuse_field('follow_up.' || v_field, SQLERRM);
END $$;

CREATE OR REPLACE FUNCTION iduo.attend_route(p_attention jsonb, m jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_route integer := (p_attention ->> 'route_id')::integer;
    v_activation bigint;
BEGIN
    IF v_route IS NULL THEN
        RETURN '{}'::jsonb;
    ELSIF NOT EXISTS (SELECT FROM iduo.route r WHERE r.id = v_route AND r.active) THEN
        PERFORM iduo.refuse_field('route', 'Elegí la ruta.');
    ELSIF length(p_attention ->> 'route_note') > 2000 THEN
        PERFORM iduo.refuse_field('route_note', 'La nota es demasiado larga: como mucho 2000 caracteres.');
    END IF;
    INSERT INTO iduo.route_activation (route_id, case_id, contact_id, note, activated_by)
    VALUES (v_route, (m ->> 'case_id')::bigint, (m ->> 'contact_id')::bigint, btrim(coalesce(p_attention ->> 'route_note', '')), session_user)
    RETURNING id INTO v_activation;
    RETURN jsonb_build_object('activation_id', v_activation);
END $$;

CREATE OR REPLACE FUNCTION iduo.attend_sections(p_attention jsonb, m jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contact bigint := (m ->> 'contact_id')::bigint;
    v_made bigint[] := '{}';
    v_title text;
    v_field text;
    s jsonb;
BEGIN
    -- whoever attends a person writes down what he is told; reading what was said before takes a receipt
    FOR s IN SELECT * FROM jsonb_array_elements(coalesce(nullif(p_attention -> 'sections', 'null'), '[]')) LOOP
        BEGIN
            v_made := iduo.keep_section(v_contact, (s ->> 'version_id')::integer, (s ->> 'values')::jsonb) || v_made;
            v_title := (SELECT f.title FROM iduo.form_version v JOIN iduo.form f ON f.id = v.form_id WHERE v.id = (s ->> 'version_id')::integer);
            PERFORM iduo.add_contact_event(v_contact, 'section', '', '', v_title, gen_random_uuid(), iduo.hash('section'));
        EXCEPTION WHEN SQLSTATE 'IU002' THEN
            GET STACKED DIAGNOSTICS v_field = PG_EXCEPTION_DETAIL;
            PERFORM iduo.refuse_field(format('sections.%s.%s', s ->> 'version_id', v_field), SQLERRM);
        END;
    END LOOP;
    RETURN jsonb_build_object('sections', array_remove(v_made, NULL));
END $$;

CREATE OR REPLACE FUNCTION iduo.attend_network(p_attention jsonb, m jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_contact bigint := (m ->> 'contact_id')::bigint;
    v_first bigint := (SELECT coalesce(max(r.id), 0) FROM iduo.contact_relation r WHERE r.contact_id = v_contact);
    v_people bigint[] := '{}';
    -- who began to attend that person only now may add to what he cannot see, and not change it
    v_changes boolean := iduo.may('coordinator') OR NOT (m ->> 'case_new')::boolean AND iduo.may_read_reserved(v_contact);
    v_field text;
    v_other bigint;
    v_count integer := 0;
    s jsonb;
BEGIN
    FOR s IN SELECT * FROM jsonb_array_elements(coalesce(nullif(p_attention -> 'network', 'null'), '[]')) LOOP
        v_other := (s ->> 'contact_id')::bigint;
        IF v_other IS NULL THEN
            v_other := iduo.take_down(s -> 'new', format('network.%s.', v_count));
            v_people := v_people || v_other;
        END IF;
        PERFORM iduo.count_command();  -- what it leaves behind may tell whether he was there
        BEGIN
            PERFORM iduo.put_relation(v_contact, v_other, s ->> 'what', s ->> 'note', v_changes);
            PERFORM iduo.add_contact_event(v_contact, 'network', '', '', '', gen_random_uuid(), iduo.hash('network'));
        EXCEPTION WHEN SQLSTATE 'IU002' THEN
            GET STACKED DIAGNOSTICS v_field = PG_EXCEPTION_DETAIL;
            PERFORM iduo.refuse_field(format('network.%s.%s', v_count, v_field), SQLERRM);
        END;
        v_count := v_count + 1;
    END LOOP;
    RETURN jsonb_build_object('supporters', v_count, 'people', v_people,
        'relations', ARRAY(SELECT r.id FROM iduo.contact_relation r WHERE r.contact_id = v_contact AND r.id > v_first));
END $$;

-- Open cases of persons: the one that oneself just made first, then the contact's, then those that fit what is typed.
CREATE FUNCTION api.case_choices(p_text text DEFAULT '', p_contact bigint DEFAULT NULL)
RETURNS TABLE (case_id bigint, subject text, person text, priority text, opened_at timestamptz, newest boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' SET plan_cache_mode = 'force_custom_plan' AS $$
#variable_conflict use_column
DECLARE
    v_me text := session_user;  -- as text: compared with a name no index would serve
    v_text text;
    v_newest bigint;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    v_text := btrim(coalesce(p_text, ''));
    v_newest := (SELECT c.id FROM iduo.case c WHERE c.state = 'open' AND c.contact_id IS NOT NULL AND c.opened_by = v_me
                 AND c.opened_at > clock_timestamp() - interval '12 hours' ORDER BY c.id DESC LIMIT 1);
    RETURN QUERY WITH found AS (
        SELECT v_newest AS id, 1 AS place WHERE v_newest IS NOT NULL
        UNION ALL
        (SELECT c.id, 2 FROM iduo.case c WHERE c.contact_id = p_contact AND c.state = 'open' ORDER BY c.id DESC LIMIT 20)
        UNION ALL
        (SELECT c.id, 3 FROM iduo.case c WHERE v_text = '' AND c.state = 'open' AND c.assigned_to = v_me AND c.contact_id IS NOT NULL
         ORDER BY c.touched_at DESC LIMIT 20)
        UNION ALL
        (SELECT c.id, 3 FROM iduo.case c WHERE v_text ~ '^\d{1,18}$' AND c.id = (CASE WHEN v_text ~ '^\d{1,18}$' THEN v_text END)::bigint
         AND c.state = 'open' AND c.contact_id IS NOT NULL)
        UNION ALL
        (SELECT c.id, 4 FROM (SELECT DISTINCT x.contact_id FROM iduo.contact_matches(v_text, NULL) x WHERE v_text <> '' LIMIT 500) f
         JOIN iduo.case c ON c.contact_id = f.contact_id AND c.state = 'open' ORDER BY c.id DESC LIMIT 20)
    ), once AS (
        SELECT DISTINCT ON (f.id) f.id, f.place FROM found f ORDER BY f.id, f.place
    )
    SELECT c.id, c.subject, n.person, c.priority, c.opened_at, c.id IS NOT DISTINCT FROM v_newest
    FROM once o JOIN iduo.case c ON c.id = o.id JOIN iduo.contact n ON n.id = c.contact_id ORDER BY o.place, c.id DESC LIMIT 20;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

CREATE FUNCTION api.help_desk()
RETURNS TABLE (follow_up_direction text, follow_up_remind integer, route_minutes integer, overdue_minutes integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT iduo.setting('follow_up_direction'), iduo.setting('follow_up_remind')::integer, iduo.setting('route_minutes')::integer,
        iduo.setting('overdue_minutes')::integer;
END $$;

GRANT EXECUTE ON FUNCTION api.attend, api.case_choices TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.help_desk TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
