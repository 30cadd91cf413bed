-- Tickets by state: rows in work order or sorted, by keyset; how many there are; all about one.
SET LOCAL ROLE iduo_owner;

-- How many working days a message of each day has waited until today; days before the last year count as its first.
CREATE OR REPLACE FUNCTION iduo.waiting_days(p_first date) RETURNS TABLE (day date, days integer)
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT d::date, (sum(w.worked) OVER (ORDER BY d DESC) - w.worked)::integer
    FROM generate_series(greatest(p_first, iduo.today() - 366)::timestamp, iduo.today()::timestamp, interval '1 day') d,
        LATERAL (SELECT (EXISTS (SELECT FROM iduo.working_hours h WHERE h.weekday = extract(isodow FROM d) AND h.opens IS NOT NULL)
                         AND NOT EXISTS (SELECT FROM iduo.holiday f WHERE f.day = d::date))::integer AS worked) w
    WHERE p_first IS NOT NULL
$$;

CREATE OR REPLACE FUNCTION iduo.day_of(p_at timestamptz) RETURNS date
LANGUAGE sql STABLE SET search_path = '' AS $$ SELECT (p_at AT TIME ZONE 'America/Argentina/Buenos_Aires')::date $$;

-- What a list is narrowed to; the fragments are constants, every value travels as a parameter: $2 the filter, $5 ids found by
-- their words, $6 and $7 the moments between which it was taken, $8 the logins of who took it, $10 and $11 where such rows begin.
CREATE OR REPLACE FUNCTION iduo.ticket_conditions(p_filter jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = '' AS $$
    SELECT coalesce(string_agg(' AND ' || c.condition, ''), '') FROM (VALUES
        ('company_number', 't.company_number = CASE WHEN $2 ->> ''company_number'' ~ ''^\s*\d{1,15}\s*$'' THEN ($2 ->> ''company_number'')::bigint END'),
        ('surname', 't.person_key COLLATE "C" ^@ left(iduo.fold($2 ->> ''surname''), 1) AND t.surname_key COLLATE "C" ^@ iduo.fold($2 ->> ''surname'')'),
        ('document', 't.document <> '''' AND t.document COLLATE "C" ^@ upper(regexp_replace($2 ->> ''document'', ''[^0-9A-Za-z]'', '''', ''g''))'),
        ('phone_key', 't.phone_key <> '''' AND t.phone_key COLLATE "C" = $2 ->> ''phone_key'''),
        ('email', 't.email <> '''' AND t.email COLLATE "C" ^@ lower(btrim($2 ->> ''email''))'),
        ('topic_id', 't.topic_id = ($2 ->> ''topic_id'')::integer'),
        ('kind', 't.kind = $2 ->> ''kind'''),
        ('channel', 't.channel = $2 ->> ''channel'''),
        ('caller_kind', 't.caller_kind = $2 ->> ''caller_kind'''),
        ('taken_by', 't.created_by = ANY ($8)'),
        ('first', 't.at >= $6 AND (t.communicated_at IS NULL OR t.communicated_at >= $6)'),
        ('last', 't.at < $7 AND ($10 IS NULL OR t.communicated_at <= $10) AND ($11 IS NULL OR t.number <= $11)')
    ) AS c(field, condition) WHERE btrim(coalesce(p_filter ->> c.field, '')) <> ''
$$;

-- Where each ticket of a page stands: position is [key, id], a JSON array that sorts as the list does.
CREATE OR REPLACE FUNCTION iduo.ticket_positions(p_state text, p_filter jsonb, p_sort text, p_descending boolean, p_after jsonb,
                                                 p_only bigint[], p_limit integer)
RETURNS TABLE (id bigint, "position" jsonb)
LANGUAGE plpgsql SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    v_key text;
    v_type text;
    v_found bigint[];
    v_people text[];
    v_first timestamptz;
    v_last timestamptz;
    v_latest timestamptz;
    v_highest bigint;
BEGIN
    SELECT k.key, k.type INTO v_key, v_type FROM (VALUES
        ('work', CASE p_state WHEN 'communicated' THEN 't.communicated_at' ELSE 't.work_key' END,
                 CASE p_state WHEN 'communicated' THEN 'timestamptz' ELSE 'integer' END),
        ('number', 't.number', 'bigint'), ('person', 't.person_key COLLATE "C"', 'text'), ('company', 't.company_key COLLATE "C"', 'text')
    ) AS k(sort, key, type) WHERE k.sort = p_sort;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Esa lista no se puede ordenar así.');
    ELSIF jsonb_typeof(p_filter) <> 'object' OR p_after IS NOT NULL AND NOT coalesce(
        pg_input_is_valid(p_after ->> 0, v_type) AND pg_input_is_valid(p_after ->> 1, 'bigint'), false) THEN
        PERFORM iduo.refuse('Esa página ya no se entiende: volvé a abrir la lista.');
    END IF;
    v_first := iduo.midnight(p_filter ->> 'first', 0);
    v_last := iduo.midnight(p_filter ->> 'last', 1);
    IF btrim(coalesce(p_filter ->> 'text', '')) <> '' THEN
        v_found := iduo.matching_tickets(p_filter ->> 'text', p_state);
    END IF;
    IF btrim(coalesce(p_filter ->> 'taken_by', '')) <> '' THEN
        v_people := ARRAY(SELECT s.login FROM iduo.staff s WHERE s.login = p_filter ->> 'taken_by' OR iduo.fold(s.full_name) = iduo.fold(p_filter ->> 'taken_by'));
    END IF;
    IF v_last IS NOT NULL THEN
        -- old ones, and the newest are to come first: do not read all that came since
        IF p_state = 'communicated' AND p_sort = 'work' THEN
            SELECT t.communicated_at INTO v_latest FROM iduo.ticket t
            WHERE t.state = 'communicated' AND t.at < v_last ORDER BY t.communicated_at DESC, t.id DESC LIMIT 1;
        ELSIF p_sort = 'number' THEN
            SELECT t.number INTO v_highest FROM iduo.ticket t WHERE t.state = p_state AND t.at < v_last ORDER BY t.number DESC LIMIT 1;
        END IF;
    END IF;
    v_found := iduo.narrowed_to(p_state, p_filter, v_found);
    p_descending := p_descending <> (p_sort = 'work' AND p_state = 'communicated');  -- the newest first
    RETURN QUERY EXECUTE format($q$
        SELECT t.id, jsonb_build_array(%1$s, t.id) FROM iduo.ticket t
        WHERE t.state = $1 AND ($3 IS NULL OR (%2$s, t.id) %3$s (($3 ->> 0)::%4$s, ($3 ->> 1)::bigint))
          AND ($4 IS NULL OR t.id = ANY ($4)) AND ($5 IS NULL OR t.id = ANY ($5)) %5$s
        ORDER BY %2$s %6$s, t.id %6$s LIMIT $9 $q$,
        CASE v_type WHEN 'timestamptz' THEN format('iduo.iso(%s)', v_key) ELSE v_key END, v_key, CASE WHEN p_descending THEN '<' ELSE '>' END, v_type,
        iduo.ticket_conditions(p_filter), CASE WHEN p_descending THEN 'DESC' ELSE 'ASC' END)
        USING p_state, p_filter, p_after, p_only, v_found, v_first, v_last, v_people, p_limit, v_latest, v_highest;
END $$;

-- Who or what is asked for by name or number is looked up first, unless there are very many: in the order of the list it may be anywhere.
CREATE OR REPLACE FUNCTION iduo.narrowed_to(p_state text, p_filter jsonb, p_found bigint[]) RETURNS bigint[]
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    v_named jsonb := (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(p_filter) f
                      WHERE f.key IN ('company_number', 'surname', 'document', 'phone_key', 'email'));
    v_conditions text := iduo.ticket_conditions(v_named);
    v_most integer := 30000;
    v_ids bigint[];
BEGIN
    IF v_conditions = '' THEN
        RETURN p_found;
    END IF;
    EXECUTE format('SELECT ARRAY(SELECT t.id FROM iduo.ticket t WHERE t.state = $1 AND ($5 IS NULL OR t.id = ANY ($5)) %s LIMIT $9)', v_conditions)
        INTO v_ids USING p_state, v_named, NULL::jsonb, NULL::bigint[], p_found, NULL::timestamptz, NULL::timestamptz, NULL::text[], v_most + 1;
    RETURN CASE WHEN cardinality(v_ids) > v_most THEN p_found ELSE v_ids END;
END $$;

-- The beginning of a day here, or of the day that many days later; nothing when it is no date.
CREATE OR REPLACE FUNCTION iduo.midnight(p_day text, p_later integer) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET search_path = '' AS $$
BEGIN
    IF coalesce(p_day, '') = '' THEN
        RETURN NULL;
    ELSIF p_day !~ '^(19|2\d)\d{2}-\d{2}-\d{2}$' OR NOT pg_input_is_valid(p_day, 'date') THEN
        PERFORM iduo.refuse('Esa fecha no existe.');
    END IF;
    RETURN (p_day::date + p_later)::timestamp AT TIME ZONE 'America/Argentina/Buenos_Aires';
END $$;

CREATE FUNCTION api.tickets(p_state text, p_filter jsonb DEFAULT '{}', p_sort text DEFAULT 'work', p_descending boolean DEFAULT false,
                            p_after jsonb DEFAULT NULL, p_only bigint[] DEFAULT NULL, p_limit integer DEFAULT 200)
RETURNS TABLE (id bigint, number bigint, "check" text, state text, kind text, channel text, topic text, person text, document text, phone text,
               company_id bigint, company_number bigint, company text, text text, answer text, priority integer, insisted integer,
               waiting_days integer, taken_by text, at timestamptz, answered_at timestamptz, communicated_at timestamptz, version integer,
               "position" text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
DECLARE
    v_ids bigint[];
    v_positions jsonb[];
    v_check boolean;
    v_oldest date;
    v_rows bigint;
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    IF iduo.state_label(p_state) IS NULL THEN
        PERFORM iduo.refuse('Esa lista no existe.');
    END IF;
    SELECT array_agg(p.id), array_agg(p."position") INTO v_ids, v_positions
    FROM iduo.ticket_positions(p_state, coalesce(p_filter, '{}'), coalesce(p_sort, 'work'), coalesce(p_descending, false), p_after, p_only,
                               greatest(1, least(coalesce(p_limit, 200), 200))) p;
    v_check := iduo.setting('ticket_check_digit')::boolean;
    IF p_state IN ('open', 'awaiting_answer') THEN
        SELECT iduo.day_of(min(t.at)) INTO v_oldest FROM iduo.ticket t WHERE t.id = ANY (v_ids);
    END IF;
    RETURN QUERY
        SELECT t.id, t.number, CASE WHEN v_check THEN iduo.damm(t.number::text)::text ELSE '' END, t.state, t.kind, t.channel, t.topic,
               iduo.person_name(t.surname, t.names), t.document, t.phone, t.company_id, t.company_number, t.company, t.text, t.answer,
               t.insisted, t.insisted, coalesce(w.days, 0), coalesce(s.full_name, t.created_by), t.at, t.answered_at, t.communicated_at, t.version,
               l."position"::text
        FROM unnest(v_ids, v_positions) WITH ORDINALITY AS l(id, "position", n)
        JOIN iduo.ticket t ON t.id = l.id
        LEFT JOIN iduo.staff s ON s.login = t.created_by
        LEFT JOIN iduo.waiting_days(v_oldest) w ON v_oldest IS NOT NULL AND w.day = greatest(iduo.day_of(t.at), iduo.today() - 366)
        ORDER BY l.n;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    PERFORM iduo.count_rows_read(v_rows);
END $$;

CREATE FUNCTION api.ticket_counts()
RETURNS TABLE (state text, count integer, capped boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    RETURN QUERY
        SELECT x.s, least(x.n, 10000)::integer, x.n > 10000 FROM (
            SELECT s, (SELECT count(*) FROM (SELECT FROM iduo.ticket t WHERE t.state = s LIMIT 10001) y), o
            FROM unnest(ARRAY['open', 'awaiting_answer', 'awaiting_communication', 'communicated']) WITH ORDINALITY AS z(s, o)
        ) AS x(s, n, o) ORDER BY x.o;
END $$;

CREATE FUNCTION api.ticket_card(p_ticket bigint)
RETURNS TABLE (id bigint, number bigint, "check" text, provisional text, state text, kind text, channel text, ivr_option integer, caller_kind text,
               topic text, company_id bigint, company_number bigint, company text, contact_id bigint, surname text, names text, document text,
               phone text, phone_e164 text, email text, text text, answer text, answered_at timestamptz, answered_by text,
               communicated_at timestamptz, communicated_by text, communicated_to text, priority integer, insisted integer,
               waiting_days integer, taken_by text, at timestamptz, version integer, extras jsonb, events jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    RETURN QUERY
        SELECT t.id, t.number, iduo.check_digit(t.number), t.provisional, t.state, t.kind, t.channel, t.ivr_option::integer, t.caller_kind,
               t.topic, t.company_id, t.company_number, t.company, t.contact_id, t.surname, t.names, t.document,
               t.phone, t.phone_e164, t.email, t.text, t.answer, t.answered_at, iduo.name_of(t.answered_by),
               t.communicated_at, iduo.name_of(t.communicated_by), t.communicated_to, t.insisted, t.insisted,
               CASE WHEN t.answered_at IS NULL THEN coalesce((SELECT w.days FROM iduo.waiting_days(iduo.day_of(t.at)) w ORDER BY w.day LIMIT 1), 0) ELSE 0 END,
               coalesce(iduo.name_of(t.created_by), t.created_by), t.at, t.version, iduo.ticket_extras(t.form_version_id, t.values),
               (SELECT coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'at', e.at, 'by', e.by, 'by_name', coalesce(iduo.name_of(e.by), e.by),
                                                             'kind', e.kind, 'text', e.text, 'undone', e.undone_at IS NOT NULL) ORDER BY e.id), '[]')
                FROM iduo.ticket_event e WHERE e.ticket_id = t.id)
        FROM iduo.ticket t WHERE t.id = p_ticket;
    IF NOT FOUND THEN
        PERFORM iduo.refuse('Ese ticket no existe.');
    END IF;
    PERFORM iduo.count_rows_read(1);
END $$;

-- The administrator's extra fields as people read them.
CREATE OR REPLACE FUNCTION iduo.ticket_extras(p_version integer, p_values jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = '' AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('label', f.label, 'value', (
        SELECT string_agg(coalesce(o.label, CASE v #>> '{}' WHEN 'true' THEN 'sí' WHEN 'false' THEN 'no' ELSE v #>> '{}' END), ', ')
        FROM jsonb_array_elements(CASE jsonb_typeof(p_values -> f.key) WHEN 'array' THEN p_values -> f.key ELSE jsonb_build_array(p_values -> f.key) END) v
        LEFT JOIN iduo.form_option o ON o.field_id = f.id AND o.key = v #>> '{}')) ORDER BY f.position, f.id), '[]')
    FROM iduo.form_field f WHERE f.version_id = p_version AND p_values ? f.key
$$;

-- What a workstation of the message desk has to know of the organisation's decisions.
CREATE FUNCTION api.ticket_desk()
RETURNS TABLE (check_digit boolean, may_answer boolean, contact_mail text, contact_web text, contact_office text, late_days integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET lock_timeout = '3s' AS $$
#variable_conflict use_column
BEGIN
    PERFORM iduo.require('operator', 'coordinator', 'admin', 'answerer');
    RETURN QUERY SELECT iduo.setting('ticket_check_digit')::boolean, iduo.answers(), iduo.setting('contact_mail'), iduo.setting('contact_web'),
                        iduo.setting('contact_office'), iduo.setting('ticket_late_days')::integer;
END $$;

GRANT EXECUTE ON FUNCTION api.tickets, api.ticket_counts, api.ticket_card, api.ticket_desk TO iduo_operator, iduo_coordinator, iduo_admin, iduo_answerer;
RESET ROLE;
