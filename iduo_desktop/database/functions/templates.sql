-- Texts with variables in braces: which ones there are, what they stand for in a case, and the shipped and own templates.
SET LOCAL ROLE iduo_owner;

-- The closed list of them. Names are compared without accents and capitals: {Organizacion} is {organización}.
CREATE OR REPLACE FUNCTION iduo.variables() RETURNS TABLE (place integer, name text, meaning text)
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT * FROM (VALUES
        (1, 'cliente', 'El nombre completo del cliente, o de la persona del caso'), (2, 'nombre', 'Sus nombres, o la razón social'),
        (3, 'apellido', 'Su apellido'), (4, 'número', 'Su número de cliente'), (5, 'plan', 'Su plan'), (6, 'deuda', 'Lo que debe, con el signo $'),
        (7, 'corte', 'La fecha de corte'), (8, 'prórroga', 'Hasta cuándo tiene prórroga'), (9, 'promoción', 'Cómo se llama la promoción que se le sugiere'),
        (10, 'oferta', 'El texto de esa promoción'), (11, 'ticket', 'El número de su último ticket con respuesta para comunicarle'),
        (12, 'operador', 'El nombre de quien escribe'), (13, 'organización', 'El nombre de la organización'), (14, 'fecha', 'La fecha de hoy')
    ) AS v(place, name, meaning)
$$;

-- What each stands for in a case; NULL where it is not known. Braces of a name are no variables.
CREATE OR REPLACE FUNCTION iduo.variable_values(p_case bigint) RETURNS TABLE (place integer, name text, said text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT v.place, v.name, nullif(btrim(translate(CASE v.name
        WHEN 'cliente' THEN CASE o.kind WHEN 'organisation' THEN o.name ELSE concat_ws(' ', nullif(coalesce(o.names, n.names), ''), coalesce(o.surname, n.surname)) END
        WHEN 'nombre' THEN CASE o.kind WHEN 'organisation' THEN o.name ELSE coalesce(nullif(o.names, ''), n.names) END
        WHEN 'apellido' THEN coalesce(o.surname, n.surname)
        WHEN 'número' THEN o.number::text
        WHEN 'plan' THEN c.plan
        WHEN 'deuda' THEN CASE WHEN o.debt > 0 THEN '$ ' || iduo.money(o.debt) END
        WHEN 'corte' THEN to_char(o.cutoff_date, 'DD/MM/YYYY')
        WHEN 'prórroga' THEN CASE WHEN o.extended_until >= iduo.today() THEN to_char(o.extended_until, 'DD/MM/YYYY') END
        WHEN 'promoción' THEN p.title
        WHEN 'oferta' THEN p.text
        WHEN 'ticket' THEN iduo.spoken_number(k.number, iduo.check_digit(k.number))
        WHEN 'operador' THEN iduo.name_of(session_user)
        WHEN 'organización' THEN iduo.setting('organisation')
        ELSE to_char(iduo.today(), 'DD/MM/YYYY') END, '{}', '()')), '')
    FROM iduo.variables() v, iduo.case c LEFT JOIN iduo.company o ON o.id = c.company_id LEFT JOIN iduo.contact n ON n.id = c.contact_id
    LEFT JOIN LATERAL (SELECT q.title, q.text FROM iduo.offers(ARRAY[p_case]) f JOIN iduo.promotion q ON q.id = f.promotion_id
                       WHERE f.open ORDER BY f.place LIMIT 1) p ON true
    LEFT JOIN LATERAL (SELECT t.number FROM iduo.ticket t WHERE t.state = 'awaiting_communication'
                       AND CASE WHEN c.company_id IS NULL THEN t.contact_id = c.contact_id ELSE t.company_id = c.company_id END
                       ORDER BY t.id DESC LIMIT 1) k ON true
    WHERE c.id = p_case
$$;

-- What stands in braces, in the order in which it comes.
CREATE OR REPLACE FUNCTION iduo.braces(p_text text) RETURNS text[]
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(array_agg(m[1] ORDER BY n), '{}') FROM regexp_matches(p_text, '\{([^{}]*)\}', 'g') WITH ORDINALITY AS x(m, n)
$$;

-- A text with what is known put in, in one go, so that nothing is put into what was put in.
CREATE OR REPLACE FUNCTION iduo.put_in(p_text text, p_names text[], p_said text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
DECLARE
    v_said text := '';
    v_part text;
    v_place integer;
BEGIN
    FOREACH v_part IN ARRAY regexp_split_to_array(p_text, '(?=\{)') LOOP
        v_place := array_position(p_names, iduo.fold((regexp_match(v_part, '^\{([^{}]*)\}'))[1]));
        v_said := v_said || CASE WHEN v_place IS NULL OR p_said[v_place] IS NULL THEN v_part
                                 ELSE p_said[v_place] || regexp_replace(v_part, '^\{[^{}]*\}', '') END;
    END LOOP;
    RETURN v_said;
END $$;

-- Refuse what is in braces and is none of ours, by name, and a brace that stands alone.
CREATE OR REPLACE FUNCTION iduo.need_variables(p_field text, p_text text) RETURNS void
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_unknown text := (SELECT string_agg(DISTINCT format('{%s}', b), ', ') FROM unnest(iduo.braces(p_text)) b
                       WHERE NOT EXISTS (SELECT FROM iduo.variables() v WHERE iduo.fold(v.name) = iduo.fold(b)));
BEGIN
    IF v_unknown IS NOT NULL THEN
        PERFORM iduo.refuse_field(p_field, format('No hay ninguna variable %s. Elegila de la lista.', left(v_unknown, 200)));
    ELSIF regexp_replace(p_text, '\{[^{}]*\}', '', 'g') ~ '[{}]' THEN
        PERFORM iduo.refuse_field(p_field, 'Hay una llave suelta: las variables se escriben así, {cliente}.');
    END IF;
END $$;

CREATE FUNCTION api.template_variables()
RETURNS TABLE (name text, meaning text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT v.name, v.meaning FROM iduo.variables() v ORDER BY v.place;
END $$;

CREATE FUNCTION api.message_templates(p_channel text)
RETURNS TABLE (id integer, name text, channel text, purpose text, subject text, text text, active boolean, version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    RETURN QUERY SELECT t.id, t.name, t.channel, t.purpose, t.subject, t.text, t.active, t.version
        FROM iduo.template t WHERE t.channel = p_channel AND t.active ORDER BY t.position, t.id;
END $$;

CREATE FUNCTION api.all_templates()
RETURNS TABLE (id integer, name text, channel text, purpose text, subject text, text text, active boolean, version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('admin');
    RETURN QUERY SELECT t.id, t.name, t.channel, t.purpose, t.subject, t.text, t.active, t.version
        FROM iduo.template t ORDER BY NOT t.active, array_position(ARRAY['email', 'sms', 'whatsapp', 'chat'], t.channel), t.position, t.id;
END $$;

-- What is not known keeps its braces, and is named; nothing leaves with them.
CREATE FUNCTION api.fill_template(p_template integer, p_case bigint)
RETURNS TABLE (subject text, text text, missing text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_template iduo.template;
    v_names text[];
    v_said text[];
BEGIN
    PERFORM iduo.require('operator', 'coordinator');
    SELECT * INTO v_template FROM iduo.template t WHERE t.id = p_template AND t.active;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa plantilla ya no está.');
    END IF;
    SELECT array_agg(iduo.fold(v.name) ORDER BY v.place), array_agg(v.said ORDER BY v.place) INTO v_names, v_said FROM iduo.variable_values(p_case) v;
    IF v_names IS NULL THEN
        PERFORM iduo.refuse('Ese caso no existe.');
    END IF;
    subject := iduo.put_in(v_template.subject, v_names, v_said);
    text := iduo.put_in(v_template.text, v_names, v_said);
    missing := ARRAY(SELECT v.name FROM unnest(iduo.braces(v_template.subject) || iduo.braces(v_template.text)) WITH ORDINALITY AS b(name, n)
                     JOIN iduo.variables() v ON iduo.fold(v.name) = iduo.fold(b.name)
                     WHERE v_said[array_position(v_names, iduo.fold(b.name))] IS NULL GROUP BY v.name ORDER BY min(b.n));
    RETURN NEXT;
    PERFORM iduo.count_rows_read(1);
END $$;

CREATE FUNCTION api.save_template(p_id integer, p_name text, p_channel text, p_purpose text, p_subject text, p_text text, p_active boolean,
                                  p_version integer)
RETURNS TABLE (id integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_old iduo.template;
BEGIN
    PERFORM iduo.require('admin');
    p_name := iduo.one_line('name', iduo.need('name', p_name, 'Escribí cómo se llama.', 80), 80);
    p_text := iduo.need('text', p_text, 'Escribí el texto.', 4000);
    p_subject := CASE WHEN p_channel = 'email' THEN iduo.one_line('subject', p_subject, 200) ELSE '' END;
    IF p_channel IS NULL OR p_channel NOT IN ('email', 'sms', 'whatsapp', 'chat') THEN
        PERFORM iduo.refuse_field('channel', 'Elegí el medio.');
    ELSIF coalesce(p_purpose, '') NOT IN ('', 'collection', 'service', 'promotion') THEN
        PERFORM iduo.refuse_field('purpose', 'Elegí para qué es.');
    ELSIF p_channel = 'email' AND p_subject = '' THEN
        PERFORM iduo.refuse_field('subject', 'Escribí el asunto.');
    ELSIF p_channel = 'sms' AND length(p_text) > 1000 THEN
        PERFORM iduo.refuse_field('text', 'Un mensaje de texto lleva como mucho 1000 caracteres.');
    ELSIF p_channel = 'chat' AND length(p_text) > 2000 THEN
        PERFORM iduo.refuse_field('text', 'En el chat entran como mucho 2000 caracteres.');
    END IF;
    PERFORM iduo.need_variables('subject', p_subject);
    PERFORM iduo.need_variables('text', p_text);
    SELECT * INTO v_old FROM iduo.template t WHERE t.id = p_id FOR NO KEY UPDATE;
    IF coalesce(p_id, 0) <> 0 AND v_old.id IS NULL THEN
        PERFORM iduo.refuse('Esa plantilla ya no está.');
    ELSIF v_old.version <> coalesce(p_version, 0) THEN
        PERFORM iduo.refuse('Otra persona cambió esta plantilla recién. Fijate cómo quedó y guardá de nuevo.');
    ELSIF EXISTS (SELECT FROM iduo.template t WHERE t.channel = p_channel AND iduo.fold(t.name) = iduo.fold(p_name) AND t.id IS DISTINCT FROM v_old.id) THEN
        PERFORM iduo.refuse_field('name', 'Ya hay una plantilla con ese nombre para ese medio.');
    END IF;
    IF v_old.id IS NULL THEN
        RETURN QUERY INSERT INTO iduo.template (name, channel, purpose, subject, text, position, active)
            VALUES (p_name, p_channel, coalesce(p_purpose, ''), p_subject, p_text, (SELECT coalesce(max(t.position), 0) + 1 FROM iduo.template t),
                    coalesce(p_active, true)) RETURNING template.id;
    ELSE
        RETURN QUERY UPDATE iduo.template t SET name = p_name, channel = p_channel, purpose = coalesce(p_purpose, ''), subject = p_subject,
            text = p_text, active = coalesce(p_active, true), version = t.version + 1 WHERE t.id = v_old.id RETURNING t.id;
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION api.template_variables, api.message_templates TO iduo_operator, iduo_coordinator, iduo_admin;
GRANT EXECUTE ON FUNCTION api.fill_template TO iduo_operator, iduo_coordinator;
GRANT EXECUTE ON FUNCTION api.all_templates, api.save_template TO iduo_admin;
RESET ROLE;
