-- Tables that an administrator edits: results of contacts, promotions, topics, script sentences, calendar, teams.
-- Saving with id NULL adds; what was used is switched off, not deleted.
SET LOCAL ROLE iduo_owner;

CREATE FUNCTION api.all_dispositions()
RETURNS TABLE (id integer, label text, digit integer, "position" integer, reached boolean, final boolean, promise boolean, callback boolean,
               wrong_number boolean, do_not_contact boolean, lists text[], active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY SELECT d.id, d.label, d.digit::integer, d.position::integer, d.reached, d.final, d.promise, d.callback, d.wrong_number,
            d.do_not_contact, d.lists, d.active FROM iduo.disposition d ORDER BY NOT d.active, d.position, d.id;
END $$;

CREATE FUNCTION api.save_disposition(p_id integer, p_label text, p_digit integer, p_position integer, p_reached boolean, p_final boolean,
    p_promise boolean, p_callback boolean, p_wrong_number boolean, p_do_not_contact boolean, p_lists text[], p_active boolean)
RETURNS TABLE (id integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_label text;
BEGIN
    PERFORM iduo.require('admin');
    v_label := iduo.need('label', p_label, 'Escribí el resultado.', 80);
    PERFORM iduo.check_lists(p_lists);
    LOCK TABLE iduo.disposition IN SHARE ROW EXCLUSIVE MODE;
    IF p_digit NOT BETWEEN 1 AND 9 THEN
        PERFORM iduo.refuse_field('digit', 'La tecla va del 1 al 9.');
    ELSIF p_active AND EXISTS (SELECT FROM iduo.disposition d WHERE d.active AND d.digit = p_digit AND d.id IS DISTINCT FROM p_id
                               AND (d.lists = '{}' OR p_lists = '{}' OR d.lists && p_lists)) THEN
        PERFORM iduo.refuse_field('digit', format('Otro resultado ya usa la tecla %s.', p_digit));
    ELSIF EXISTS (SELECT FROM iduo.disposition d WHERE iduo.fold(d.label) = iduo.fold(v_label) AND d.id IS DISTINCT FROM p_id) THEN
        PERFORM iduo.refuse_field('label', 'Ya hay un resultado con ese nombre.');
    END IF;
    IF p_id IS NULL THEN
        RETURN QUERY INSERT INTO iduo.disposition (label, digit, position, reached, final, promise, callback, wrong_number, do_not_contact, lists, active)
            VALUES (v_label, p_digit, coalesce(p_position, (SELECT coalesce(max(d.position), 0) + 1 FROM iduo.disposition d)), p_reached, p_final,
                    p_promise, p_callback, p_wrong_number, p_do_not_contact, p_lists, p_active) RETURNING id;
    ELSE
        RETURN QUERY UPDATE iduo.disposition d SET label = v_label, digit = p_digit, position = coalesce(p_position, d.position), reached = p_reached,
            final = p_final, promise = p_promise, callback = p_callback, wrong_number = p_wrong_number, do_not_contact = p_do_not_contact,
            lists = p_lists, active = p_active WHERE d.id = p_id RETURNING d.id;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION iduo.check_lists(p_lists text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
BEGIN
    IF p_lists IS NULL OR NOT p_lists <@ ARRAY['active', 'suspended', 'delinquent', 'withdrawn'] OR cardinality(p_lists) > 4 THEN
        RAISE EXCEPTION 'Elegí a qué listas se aplica.' USING ERRCODE = 'IU002', DETAIL = 'lists';
    END IF;
END $$;

CREATE FUNCTION api.promotions()
RETURNS TABLE (id integer, title text, text text, valid_from date, valid_until date, plans text[], lists text[], active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('user');
    RETURN QUERY SELECT p.id, p.title, p.text, p.valid_from, p.valid_until, p.plans, p.lists, p.active FROM iduo.promotion p
        WHERE p.active OR iduo.may('admin') ORDER BY NOT p.active, p.title, p.id;
END $$;

CREATE FUNCTION api.save_promotion(p_id integer, p_title text, p_text text, p_valid_from date, p_valid_until date, p_plans text[], p_lists text[],
                                   p_active boolean, p_key uuid DEFAULT NULL)
RETURNS TABLE (id integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_title text;
    v_text text;
BEGIN
    PERFORM iduo.require('admin');
    v_title := iduo.need('title', p_title, 'Ponele un nombre a la promoción.', 120);
    v_text := iduo.need('text', p_text, 'Escribí qué se ofrece.', 2000);
    PERFORM iduo.check_lists(p_lists);
    IF p_valid_until < p_valid_from THEN
        PERFORM iduo.refuse_field('valid_until', 'Termina antes de empezar.');
    ELSIF p_plans IS NULL OR cardinality(p_plans) > 50 OR EXISTS (SELECT FROM unnest(p_plans) x WHERE x IS NULL OR length(x) > 80) THEN
        PERFORM iduo.refuse_field('plans', 'Elegí para qué planes es, hasta 50.');
    END IF;
    IF p_id IS NULL THEN
        INSERT INTO iduo.promotion (title, text, valid_from, valid_until, plans, lists, active, key)
            VALUES (v_title, v_text, p_valid_from, p_valid_until, p_plans, p_lists, p_active, p_key)
            ON CONFLICT (key) DO NOTHING RETURNING promotion.id INTO id;
        -- asked again with the same key, it is the one that was made then
        id := coalesce(id, (SELECT p.id FROM iduo.promotion p WHERE p.key = p_key));
        RETURN NEXT;
    ELSE
        RETURN QUERY UPDATE iduo.promotion p SET title = v_title, text = v_text, valid_from = p_valid_from, valid_until = p_valid_until,
            plans = p_plans, lists = p_lists, active = p_active WHERE p.id = p_id RETURNING p.id;
    END IF;
END $$;

CREATE FUNCTION api.topics()
RETURNS TABLE (id integer, label text, kind text, "position" integer, active boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('user');
    RETURN QUERY SELECT t.id, t.label, t.kind, t.position::integer, t.active FROM iduo.topic t
        WHERE t.active OR iduo.may('admin') ORDER BY NOT t.active, t.position, t.id;
END $$;

CREATE FUNCTION api.save_topic(p_id integer, p_label text, p_kind text, p_position integer, p_active boolean)
RETURNS TABLE (id integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_label text;
BEGIN
    PERFORM iduo.require('admin');
    v_label := iduo.need('label', p_label, 'Escribí el tema.', 120);
    IF p_kind IS NULL OR p_kind NOT IN ('question', 'request', 'claim') THEN
        PERFORM iduo.refuse_field('kind', 'Elegí si es consulta, solicitud o reclamo.');
    ELSIF EXISTS (SELECT FROM iduo.topic t WHERE iduo.fold(t.label) = iduo.fold(v_label) AND t.id IS DISTINCT FROM p_id) THEN
        PERFORM iduo.refuse_field('label', 'Ese tema ya está.');
    END IF;
    IF p_id IS NULL THEN
        RETURN QUERY INSERT INTO iduo.topic (label, kind, position, active)
            VALUES (v_label, p_kind, coalesce(p_position, (SELECT coalesce(max(t.position), 0) + 1 FROM iduo.topic t)), p_active) RETURNING id;
    ELSE
        RETURN QUERY UPDATE iduo.topic t SET label = v_label, kind = p_kind, position = coalesce(p_position, t.position), active = p_active
            WHERE t.id = p_id RETURNING t.id;
    END IF;
END $$;

-- One sentence for each situation; the situations are the program's, the words the organisation's.
CREATE FUNCTION api.scripts()
RETURNS TABLE (situation text, part text, meaning text, text text, shipped text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('user');
    RETURN QUERY SELECT s.situation, s.part, s.meaning, s.text, s.shipped FROM iduo.script s ORDER BY s.part, s.position;
END $$;

CREATE FUNCTION api.save_script(p_situation text, p_text text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    PERFORM iduo.check_script(p_text);
    UPDATE iduo.script s SET text = iduo.need('text', p_text, 'Escribí qué se dice.', 1000) WHERE s.situation = p_situation;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa situación no existe.');
    END IF;
END $$;

-- Nobody is to read a {word} aloud: what stands in braces is something that the program fills in.
CREATE OR REPLACE FUNCTION iduo.check_script(p_text text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
DECLARE
    v_words text[] := ARRAY['operador', 'organización', 'cliente', 'plan', 'deuda', 'corte', 'promoción'];
    v_unknown text := (SELECT w FROM (SELECT (regexp_matches(p_text, '\{([^{}]*)\}', 'g'))[1]) AS x(w) WHERE NOT w = ANY (v_words) LIMIT 1);
BEGIN
    IF v_unknown IS NOT NULL OR translate(regexp_replace(p_text, '\{[^{}]*\}', '', 'g'), '{}', '') <> regexp_replace(p_text, '\{[^{}]*\}', '', 'g') THEN
        RAISE EXCEPTION '%', format('Entre llaves solo va lo que se completa solo: {%s}.', array_to_string(v_words, '}, {'))
            USING ERRCODE = 'IU002', DETAIL = 'text';
    END IF;
END $$;

-- Several at once, all or none: [{"situation": "greeting", "text": "…"}, …]. A refusal names the situation.
CREATE FUNCTION api.save_scripts(p_texts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    t record;
BEGIN
    PERFORM iduo.require('admin');
    FOR t IN SELECT * FROM jsonb_to_recordset(coalesce(p_texts, '[]')) AS x(situation text, text text) ORDER BY x.situation LOOP
        BEGIN
            PERFORM api.save_script(t.situation, t.text);
        EXCEPTION WHEN SQLSTATE 'IU002' THEN
            PERFORM iduo.refuse_field(t.situation, SQLERRM);
        END;
    END LOOP;
END $$;

CREATE FUNCTION api.working_hours()
RETURNS TABLE (weekday integer, opens time, closes time)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('user');
    RETURN QUERY SELECT w.weekday::integer, w.opens, w.closes FROM iduo.working_hours w ORDER BY w.weekday;
END $$;

-- Monday is 1. Both NULL: that day nobody works.
CREATE FUNCTION api.save_working_hours(p_weekday integer, p_opens time, p_closes time) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    IF (p_opens IS NULL) <> (p_closes IS NULL) OR p_closes <= p_opens THEN
        PERFORM iduo.refuse_field('closes', 'La hora de cierre tiene que ser después de la de apertura.');
    END IF;
    UPDATE iduo.working_hours w SET opens = p_opens, closes = p_closes WHERE w.weekday = p_weekday;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese día no existe.');
    END IF;
END $$;

-- Several days at once, all or none: [{"weekday": 1, "opens": "09:00", "closes": "18:00"}, …]. A refusal names the day, as in closes_3.
CREATE FUNCTION api.save_week(p_days jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
DECLARE
    d record;
BEGIN
    PERFORM iduo.require('admin');
    FOR d IN SELECT * FROM jsonb_to_recordset(coalesce(p_days, '[]')) AS x(weekday integer, opens time, closes time) ORDER BY x.weekday LOOP
        BEGIN
            PERFORM api.save_working_hours(d.weekday, d.opens, d.closes);
        EXCEPTION WHEN SQLSTATE 'IU002' THEN
            PERFORM iduo.refuse_field('closes_' || d.weekday, SQLERRM);
        END;
    END LOOP;
END $$;

CREATE FUNCTION api.holidays(p_from date DEFAULT NULL)
RETURNS TABLE (day date, name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('user');
    RETURN QUERY SELECT h.day, h.name FROM iduo.holiday h WHERE h.day >= coalesce(p_from, iduo.today() - 366) ORDER BY h.day LIMIT 500;
END $$;

-- An empty name takes the holiday away.
CREATE FUNCTION api.save_holiday(p_day date, p_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
BEGIN
    PERFORM iduo.require('admin');
    IF p_day IS NULL OR p_day NOT BETWEEN date '2020-01-01' AND date '2099-12-31' THEN
        PERFORM iduo.refuse_field('day', 'Escribí la fecha del feriado.');
    ELSIF btrim(coalesce(p_name, '')) = '' THEN
        DELETE FROM iduo.holiday h WHERE h.day = p_day;
    ELSE
        INSERT INTO iduo.holiday (day, name) VALUES (p_day, iduo.need('name', p_name, 'Escribí el nombre del feriado.', 120))
        ON CONFLICT (day) DO UPDATE SET name = excluded.name;
    END IF;
END $$;

CREATE FUNCTION api.teams()
RETURNS TABLE (id integer, name text, active boolean, people integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin', 'coordinator');
    RETURN QUERY SELECT t.id, t.name, t.active, (SELECT count(*)::integer FROM iduo.staff s WHERE s.team_id = t.id AND s.active)
        FROM iduo.team t ORDER BY NOT t.active, t.name;
END $$;

CREATE FUNCTION api.save_team(p_id integer, p_name text, p_active boolean)
RETURNS TABLE (id integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_name text;
BEGIN
    PERFORM iduo.require('admin');
    v_name := iduo.need('name', p_name, 'Ponele un nombre al equipo.', 80);
    IF EXISTS (SELECT FROM iduo.team t WHERE iduo.fold(t.name) = iduo.fold(v_name) AND t.id IS DISTINCT FROM p_id) THEN
        PERFORM iduo.refuse_field('name', 'Ya hay un equipo con ese nombre.');
    ELSIF p_id IS NULL THEN
        RETURN QUERY INSERT INTO iduo.team (name, active) VALUES (v_name, p_active) RETURNING id;
    ELSE
        RETURN QUERY UPDATE iduo.team t SET name = v_name, active = p_active WHERE t.id = p_id RETURNING t.id;
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION api.promotions, api.topics, api.scripts, api.working_hours, api.holidays TO iduo_user;
GRANT EXECUTE ON FUNCTION api.teams TO iduo_admin, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.all_dispositions, api.save_disposition, api.save_promotion, api.save_topic, api.save_script,
    api.save_scripts, api.save_working_hours, api.save_week, api.save_holiday, api.save_team TO iduo_admin;
RESET ROLE;
