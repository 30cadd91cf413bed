-- The whole history of a person in one line of time: calls, chats, cases, messages, tasks, routes and changes, by whatever desk. What is reserved is
-- never in it.
SET LOCAL ROLE iduo_owner;

CREATE OR REPLACE FUNCTION iduo.channel_word(p_channel text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT CASE p_channel WHEN 'call' THEN 'Llamada' WHEN 'whatsapp' THEN 'WhatsApp' WHEN 'email' THEN 'Mail' WHEN 'sms' THEN 'SMS' ELSE 'Chat' END
$$;

CREATE OR REPLACE FUNCTION iduo.direction_word(p_direction text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$ SELECT CASE p_direction WHEN 'inbound' THEN 'entrante' ELSE 'saliente' END $$;

-- A person and those who were merged into him: their changes stay with them, and are his.
CREATE OR REPLACE FUNCTION iduo.same_as(p_contact bigint) RETURNS bigint[]
LANGUAGE sql STABLE SET search_path = '' AS $$
    WITH RECURSIVE one AS (
        SELECT p_contact AS id UNION SELECT c.id FROM one o JOIN iduo.contact c ON c.merged_into = o.id)
    SELECT array_agg(o.id) FROM one o
$$;

CREATE OR REPLACE FUNCTION iduo.story_of_calls(p_contact bigint)
RETURNS TABLE (at timestamptz, kind text, id bigint, case_id bigint, title text, detail text, by_name text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT l.starts_at, 'call', l.id, l.case_id,
           'Llamada ' || iduo.direction_word(l.direction) || CASE l.state WHEN 'planned' THEN ', programada' WHEN 'held' THEN ', realizada' ELSE ', no realizada' END,
           concat_ws(' · ', CASE WHEN l.state = 'held' AND l.ended_at IS NOT NULL THEN 'duró ' || to_char(l.ended_at - l.starts_at, 'FMHH24:MI:SS') END,
                     nullif(l.note, ''), nullif(l.result, '')), iduo.name_of(coalesce(l.finished_by, l.assignee, l.by))
    FROM iduo.call l WHERE l.id IN (SELECT iduo.calls_of(p_contact)) AND NOT l.pbx_id ^@ 'chat:'
$$;

-- How long a chat took and how it ended, in words.
CREATE OR REPLACE FUNCTION iduo.chat_told(c iduo.chat) RETURNS text
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT concat_ws(' · ', CASE c.state WHEN 'waiting' THEN 'espera' WHEN 'attended' THEN 'en curso' ELSE 'duró ' || to_char(c.ended_at - c.at, 'FMHH24:MI:SS') END,
        CASE WHEN c.answered_at IS NULL AND c.state = 'ended' THEN 'nadie le contestó' END,
        CASE c.ended_by WHEN 'visitor' THEN 'lo terminó el visitante' WHEN 'operator' THEN 'lo terminó quien atendía'
                        WHEN 'silence' THEN 'el visitante se fue' WHEN 'message' THEN 'dejó un mensaje' END,
        (SELECT iduo.outcome_label(l.outcome) FROM iduo.call l WHERE l.id = c.call_id))
$$;

-- Chats in which he was known, or in one of whose calls he was.
CREATE OR REPLACE FUNCTION iduo.story_of_chats(p_contact bigint)
RETURNS TABLE (at timestamptz, kind text, id bigint, case_id bigint, title text, detail text, by_name text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT c.at, 'chat', c.id, NULL::bigint, 'Chat del sitio', iduo.chat_told(c), coalesce(iduo.name_of(c.attended_by), '')
    FROM iduo.chat c WHERE c.lines > 0 AND c.id IN (
        SELECT x.id FROM iduo.chat x WHERE x.contact_id = p_contact
        UNION SELECT (regexp_match(l.pbx_id, '^chat:(\d{1,18})$'))[1]::bigint FROM iduo.call l WHERE l.id IN (SELECT iduo.calls_of(p_contact)))
$$;

CREATE OR REPLACE FUNCTION iduo.story_of_cases(p_contact bigint)
RETURNS TABLE (at timestamptz, kind text, id bigint, case_id bigint, title text, detail text, by_name text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT e.at, CASE e.kind WHEN 'attempt' THEN 'attempt' ELSE 'case' END, e.id, e.case_id,
           CASE e.kind WHEN 'attempt' THEN iduo.channel_word(a.channel) || ' ' || iduo.direction_word(a.direction)
               WHEN 'created' THEN 'Caso abierto' WHEN 'imported' THEN 'Caso importado' WHEN 'taken' THEN 'Caso tomado'
               WHEN 'taken_over' THEN 'Caso tomado a otra persona' WHEN 'released' THEN 'Caso liberado' WHEN 'returned' THEN 'Caso devuelto a su lista'
               WHEN 'moved' THEN 'Caso movido' WHEN 'closed' THEN 'Caso cerrado' WHEN 'reopened' THEN 'Caso reabierto'
               WHEN 'handed_over' THEN 'Caso pasado a otra persona' WHEN 'rated' THEN 'Prioridad o riesgo del caso' ELSE 'Encuesta' END,
           concat_ws(' · ', nullif(e.detail, ''), nullif(e.note, ''), CASE WHEN e.undone_at IS NOT NULL THEN 'deshecho' END), iduo.name_of(e.by)
    FROM iduo.case c JOIN iduo.case_event e ON e.case_id = c.id LEFT JOIN iduo.attempt a ON a.event_id = e.id WHERE c.contact_id = p_contact
$$;

CREATE OR REPLACE FUNCTION iduo.story_of_tickets(p_contact bigint)
RETURNS TABLE (at timestamptz, kind text, id bigint, case_id bigint, title text, detail text, by_name text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT e.at, 'ticket', k.id, NULL::bigint,
           format('Mensaje %s: %s', k.number, CASE e.kind WHEN 'created' THEN 'ingresado' WHEN 'insisted' THEN 'insistió' WHEN 'exported' THEN 'enviado'
               WHEN 'taken' THEN 'tomado para responder' WHEN 'answered' THEN 'respondido' WHEN 'sent_back' THEN 'devuelto'
               WHEN 'communicated' THEN 'comunicado' WHEN 'note' THEN 'nota' ELSE e.kind END),
           concat_ws(' · ', CASE e.kind WHEN 'created' THEN left(concat_ws(': ', nullif(k.topic, ''), k.text), 500) WHEN 'answered' THEN left(k.answer, 500)
                            ELSE nullif(left(e.text, 500), '') END, CASE WHEN e.undone_at IS NOT NULL THEN 'deshecho' END), iduo.name_of(e.by)
    FROM iduo.ticket k JOIN iduo.ticket_event e ON e.ticket_id = k.id WHERE k.contact_id = p_contact
$$;

CREATE OR REPLACE FUNCTION iduo.routes_of(p_contact bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT a.id FROM iduo.route_activation a WHERE a.contact_id = p_contact
    UNION SELECT a.id FROM iduo.case c JOIN iduo.route_activation a ON a.case_id = c.id WHERE c.contact_id = p_contact AND a.contact_id IS NULL
$$;

CREATE OR REPLACE FUNCTION iduo.story_of_tasks(p_contact bigint)
RETURNS TABLE (at timestamptz, kind text, id bigint, case_id bigint, title text, detail text, by_name text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT t.due_at, 'task', t.id, t.case_id, 'Tarea: ' || t.title,
           concat_ws(' · ', CASE t.state WHEN 'open' THEN 'pendiente' WHEN 'done' THEN 'hecha' ELSE 'cancelada' END, nullif(t.note, ''), nullif(t.result, '')),
           iduo.name_of(coalesce(t.finished_by, t.assignee, t.by))
    FROM iduo.task t WHERE t.contact_id = p_contact
    UNION ALL
    SELECT a.activated_at, 'route', a.id, a.case_id, 'Ruta activada: ' || r.label,
           concat_ws(' · ', nullif(a.note, ''), CASE WHEN a.acknowledged_at IS NULL THEN 'todavía sin recibir' ELSE
               format('la recibió %s %s', iduo.name_of(a.acknowledged_by), iduo.spoken(a.acknowledged_at)) END, nullif(a.remark, '')),
           iduo.name_of(a.activated_by)
    FROM iduo.route_activation a JOIN iduo.route r ON r.id = a.route_id
    WHERE a.id IN (SELECT iduo.routes_of(p_contact))
$$;

CREATE OR REPLACE FUNCTION iduo.story_of_changes(p_contact bigint)
RETURNS TABLE (at timestamptz, kind text, id bigint, case_id bigint, title text, detail text, by_name text)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT e.at, 'change', e.id, NULL::bigint, CASE e.kind
               WHEN 'changed' THEN iduo.contact_label(e.field) WHEN 'undone' THEN 'Deshizo: ' || iduo.contact_label(e.field)
               WHEN 'phone' THEN 'Teléfono' WHEN 'email' THEN 'Mail' WHEN 'flag' THEN CASE e.after WHEN '' THEN 'Aviso bajado' ELSE 'Aviso' END
               WHEN 'section' THEN 'Sección completada' WHEN 'network' THEN 'Red de apoyo cambiada'
               WHEN 'merged' THEN 'Unido con otro contacto' ELSE 'Separado de otro contacto' END,
           CASE WHEN e.kind IN ('changed', 'undone') THEN format('%s → %s', coalesce(nullif(iduo.merge_word(e.field, e.before), ''), 'nada'),
                                                              coalesce(nullif(iduo.merge_word(e.field, e.after), ''), 'nada'))
                ELSE coalesce(nullif(e.after, ''), e.before) END, iduo.name_of(e.by)
    FROM iduo.contact_event e WHERE e.contact_id = ANY (iduo.same_as(p_contact))
    UNION ALL
    SELECT c.at, 'change', 0, NULL, 'Contacto agregado', '', iduo.name_of(c.by) FROM iduo.contact c WHERE c.id = p_contact
$$;

-- Position is [moment, kind, id]; p_before that of the last line had.
CREATE FUNCTION api.contact_story(p_contact bigint, p_kinds text[] DEFAULT '{}', p_text text DEFAULT '', p_before jsonb DEFAULT NULL, p_limit integer DEFAULT 50)
RETURNS TABLE ("position" text, at timestamptz, kind text, id bigint, case_id bigint, title text, detail text, by_name text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_id bigint;
    v_like text;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin');
    v_id := iduo.who_stayed(p_contact);
    v_like := '%' || iduo.fold(left(coalesce(p_text, ''), 200)) || '%';
    IF p_before IS NOT NULL AND NOT (pg_input_is_valid(p_before ->> 0, 'timestamptz') AND pg_input_is_valid(p_before ->> 2, 'bigint')) IS TRUE THEN
        PERFORM iduo.refuse('Esa página ya no se entiende: volvé a abrir la ficha.');
    END IF;
    p_kinds := coalesce(p_kinds, '{}');
    RETURN QUERY
        SELECT jsonb_build_array(iduo.iso(s.at), s.kind, s.id)::text, s.* FROM (
            SELECT * FROM iduo.story_of_calls(v_id) WHERE p_kinds = '{}' OR 'call' = ANY (p_kinds)
            UNION ALL SELECT * FROM iduo.story_of_chats(v_id) WHERE p_kinds = '{}' OR 'chat' = ANY (p_kinds)
            UNION ALL SELECT * FROM iduo.story_of_cases(v_id) x WHERE p_kinds = '{}' OR x.kind = ANY (p_kinds)
            UNION ALL SELECT * FROM iduo.story_of_tickets(v_id) WHERE p_kinds = '{}' OR 'ticket' = ANY (p_kinds)
            UNION ALL SELECT * FROM iduo.story_of_tasks(v_id) x WHERE p_kinds = '{}' OR x.kind = ANY (p_kinds)
            UNION ALL SELECT * FROM iduo.story_of_changes(v_id) WHERE p_kinds = '{}' OR 'change' = ANY (p_kinds)
        ) s
        WHERE (p_before IS NULL OR (s.at, s.kind, s.id) < ((p_before ->> 0)::timestamptz, p_before ->> 1, (p_before ->> 2)::bigint))
          AND (v_like = '%%' OR iduo.fold(s.title || ' ' || s.detail) LIKE v_like)
        ORDER BY s.at DESC, s.kind DESC, s.id DESC LIMIT greatest(1, least(coalesce(p_limit, 50), 500));
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;
GRANT EXECUTE ON FUNCTION api.contact_story TO iduo_operator, iduo_coordinator, iduo_admin;
RESET ROLE;
